// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The instruction set of Python's pickle machine, protocols 0 to 5: how long each instruction's argument
// is and what it does to the stack. Written from the documentation in Python's Lib/pickletools.py.

#include <QtGlobal>

#include <array>

namespace strongroom::storage {

/// How an argument is laid out. All numbers are little-endian but the float.
enum class PickleArg : quint8 {
    None,
    Fixed1, Fixed2, Fixed4, Fixed8,              ///< so many bytes
    Counted1, Counted4, Counted4Signed, Counted8, ///< a length, then so many bytes
    Line,                                         ///< up to a newline
    TwoLines,
};

/// What an instruction does, as far as a reader that builds nothing has to know.
enum class PickleEffect : quint8 {
    Unknown,      ///< no such opcode
    Protocol, Frame, Stop,
    Opaque,       ///< pushes a value that is of no interest
    Text, Integer, LongInteger, Float, TextInteger, TextFloat, LineText, QuotedText, NoneValue, TrueValue, FalseValue,
    EmptyDict, EmptyList, EmptyTuple, EmptySet,
    Mark, Pop, PopMark, Duplicate,
    Append, Appends, AddItems, SetItem, SetItems,
    DictFromMark, ListFromMark, TupleFromMark, FrozenSetFromMark, Tuple1, Tuple2, Tuple3,
    Put, Get, PutText, GetText, Memoize,
    Global, StackGlobal, Inst, Obj, NewObj, NewObjEx, Reduce, Build,
    Extension, PersistentText, PersistentStack, NextBuffer, ReadonlyBuffer,
};

struct PickleOpcode {
    const char *name = nullptr;
    PickleEffect effect = PickleEffect::Unknown;
    PickleArg arg = PickleArg::None;
    quint8 protocol = 0;   ///< that introduced it
};

/// By opcode byte.
[[nodiscard]] const std::array<PickleOpcode, 256> &pickleOpcodes();

}  // namespace strongroom::storage
