// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A few tiny 7z archives as their own tool wrote them, in base64, for machines that do not have it.

namespace strongroom::tests {

// Made with 7-Zip 26.02 of data/{a.txt,auth/tokens.json,empty}, all of 1700000000; the passphrase is "geheim".
// Packed directory; plain directory; content encrypted; content and directory encrypted.
inline constexpr char kPlain7z[] =
    "N3q8ryccAAQ5huUKsgAAAAAAAAAiAAAAAAAAACsUPL3gACwAIl0ANBlJ7o3pVgrBaQeRMORAMzZpSAGTF2SaT75PLhoblxrxAAAAAIEzB64P"
    "0KYGvJ8/R0EED3EM/rTPQjRUJ7yzvXS+XptNQOM6B8B+GhYNd3hb2Y2fGpv1J/c6HPH97NzDHSPVRZL+Dmm2QUadMVn9p2wXjH8NyM5hyalB"
    "oiFGBPdBU5wSE26z5r54XFMcFy0unoMia5XLI/y6e3wl/OP9z56/K9o/BGAAAAAAFwYqAQmAiAAHCwEAASMDAQEFXQAQAAAMgPIKASZHvs4A"
    "AA==";
inline constexpr char kClear7z[] =
    "N3q8ryccAATs2ecRIwAAAAAAAAACAQAAAAAAAIC+gdAANBlJ7o3pVgrBaQeRMORAMzZpSAGTF2SaT75PLhoblxrxAAEEBgABCSMABwsBAAEj"
    "AwEBBV0AEAAADC0ACA0CCRgKAQCIWQt0TYfQAAAFBQ4B4A8BIBkIAAAAAAAAAAARdwBkAGEAdABhAAAAZABhAHQAYQAvAGEAdQB0AGgAAABk"
    "AGEAdABhAC8AZQBtAHAAdAB5AAAAZABhAHQAYQAvAGEALgB0AHgAdAAAAGQAYQB0AGEALwBhAHUAdABoAC8AdABvAGsAZQBuAHMALgBqAHMA"
    "bwBuAAAAGQQAAAAAFCoBAAAAbcZHF9oBAABtxkcX2gEAAG3GRxfaAQAAbcZHF9oBAABtxkcX2gEVFgEAEIDtQRCA7UEggKSBIICkgSCApIEA"
    "AA==";
inline constexpr char kLocked7z[] =
    "N3q8ryccAAQcVrlT2AAAAAAAAAAiAAAAAAAAAJ7idOvGyj/6zZGywb6RZn+uJuz5jI0BKKuMr+D+BB3zgwTmhj419n9HkvXy2NY858Fu9cMA"
    "AIEzB64P0QDUPKCKabDjxAD69FhUvhvUD3Xfsr0VReGExLlWeDyODRzihpOhpkFfVrGitqf1LuViBM+n72D9Np+pWrt7ouf44k3gOqvj9ArM"
    "t+nLakduQ2VJZvE42Go6UKmJAT0fl7t5C5NrZCWr/XFiHaahIGWgska7FYUfQ/XPNvDPgNEuYJC0B2PeI7uhGDuflsT57NK3cT3jdktLmhl8"
    "5EAAAAAXBjABCYCoAAcLAQABIwMBAQVdABAAAAyBEgoB6oCbbgAA";
inline constexpr char kSealed7z[] =
    "N3q8ryccAATOOTch4AAAAAAAAAA+AAAAAAAAAC2CjHquZ6baDHjxqzZySuw4PYkfbxQiaV7fetOOBYKIH9rH4ePLkMDykesrcoQiUbJzQsC5"
    "iXU8V04DtowX192QPIOVcWknheUt1ddF2sWoearvcx0MmymipkAjIQRRXQHzPgIJqolKbx+oOQrgCaVyyB7iQtmOeMyZFDqDborE5vXwT8KO"
    "JH85pebqwWxeFGu147e9COZ5tA8/Cs+lCDhU1plgXmaU850A36b2FZlyb6q7xB4daj/TmQg1CKN7Qwim9civLIR36w8u2a7DT6e1bPc3L3cB"
    "NxFqq4PgyITElQwerxcGMAEJgLAABwsBAAIkBvEHARJTD6LeOC4KIns+xfE6Moln9fkjAwEBBV0AEAAAAQAMgKeBEgoBOi9OFgAA";

}  // namespace strongroom::tests
