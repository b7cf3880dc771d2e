// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/pickleopcodes.h"

namespace strongroom::storage {

namespace {

struct Row {
    uchar code;
    PickleOpcode opcode;
};

using A = PickleArg;
using E = PickleEffect;

constexpr Row kRows[] = {
    {'(', {"MARK", E::Mark, A::None, 0}},
    {')', {"EMPTY_TUPLE", E::EmptyTuple, A::None, 1}},
    {'.', {"STOP", E::Stop, A::None, 0}},
    {'0', {"POP", E::Pop, A::None, 0}},
    {'1', {"POP_MARK", E::PopMark, A::None, 1}},
    {'2', {"DUP", E::Duplicate, A::None, 0}},
    {'B', {"BINBYTES", E::Opaque, A::Counted4, 3}},
    {'C', {"SHORT_BINBYTES", E::Opaque, A::Counted1, 3}},
    {'F', {"FLOAT", E::TextFloat, A::Line, 0}},
    {'G', {"BINFLOAT", E::Float, A::Fixed8, 1}},
    {'I', {"INT", E::TextInteger, A::Line, 0}},
    {'J', {"BININT", E::Integer, A::Fixed4, 1}},
    {'K', {"BININT1", E::Integer, A::Fixed1, 1}},
    {'L', {"LONG", E::TextInteger, A::Line, 0}},
    {'M', {"BININT2", E::Integer, A::Fixed2, 1}},
    {'N', {"NONE", E::NoneValue, A::None, 0}},
    {'P', {"PERSID", E::PersistentText, A::Line, 0}},
    {'Q', {"BINPERSID", E::PersistentStack, A::None, 1}},
    {'R', {"REDUCE", E::Reduce, A::None, 0}},
    {'S', {"STRING", E::QuotedText, A::Line, 0}},
    {'T', {"BINSTRING", E::Text, A::Counted4Signed, 1}},
    {'U', {"SHORT_BINSTRING", E::Text, A::Counted1, 1}},
    {'V', {"UNICODE", E::LineText, A::Line, 0}},
    {'X', {"BINUNICODE", E::Text, A::Counted4, 1}},
    {']', {"EMPTY_LIST", E::EmptyList, A::None, 1}},
    {'a', {"APPEND", E::Append, A::None, 0}},
    {'b', {"BUILD", E::Build, A::None, 0}},
    {'c', {"GLOBAL", E::Global, A::TwoLines, 0}},
    {'d', {"DICT", E::DictFromMark, A::None, 0}},
    {'e', {"APPENDS", E::Appends, A::None, 1}},
    {'g', {"GET", E::GetText, A::Line, 0}},
    {'h', {"BINGET", E::Get, A::Fixed1, 1}},
    {'i', {"INST", E::Inst, A::TwoLines, 0}},
    {'j', {"LONG_BINGET", E::Get, A::Fixed4, 1}},
    {'l', {"LIST", E::ListFromMark, A::None, 0}},
    {'o', {"OBJ", E::Obj, A::None, 1}},
    {'p', {"PUT", E::PutText, A::Line, 0}},
    {'q', {"BINPUT", E::Put, A::Fixed1, 1}},
    {'r', {"LONG_BINPUT", E::Put, A::Fixed4, 1}},
    {'s', {"SETITEM", E::SetItem, A::None, 0}},
    {'t', {"TUPLE", E::TupleFromMark, A::None, 0}},
    {'u', {"SETITEMS", E::SetItems, A::None, 1}},
    {'}', {"EMPTY_DICT", E::EmptyDict, A::None, 1}},
    {0x80, {"PROTO", E::Protocol, A::Fixed1, 2}},
    {0x81, {"NEWOBJ", E::NewObj, A::None, 2}},
    {0x82, {"EXT1", E::Extension, A::Fixed1, 2}},
    {0x83, {"EXT2", E::Extension, A::Fixed2, 2}},
    {0x84, {"EXT4", E::Extension, A::Fixed4, 2}},
    {0x85, {"TUPLE1", E::Tuple1, A::None, 2}},
    {0x86, {"TUPLE2", E::Tuple2, A::None, 2}},
    {0x87, {"TUPLE3", E::Tuple3, A::None, 2}},
    {0x88, {"NEWTRUE", E::TrueValue, A::None, 2}},
    {0x89, {"NEWFALSE", E::FalseValue, A::None, 2}},
    {0x8a, {"LONG1", E::LongInteger, A::Counted1, 2}},
    {0x8b, {"LONG4", E::LongInteger, A::Counted4Signed, 2}},
    {0x8c, {"SHORT_BINUNICODE", E::Text, A::Counted1, 4}},
    {0x8d, {"BINUNICODE8", E::Text, A::Counted8, 4}},
    {0x8e, {"BINBYTES8", E::Opaque, A::Counted8, 4}},
    {0x8f, {"EMPTY_SET", E::EmptySet, A::None, 4}},
    {0x90, {"ADDITEMS", E::AddItems, A::None, 4}},
    {0x91, {"FROZENSET", E::FrozenSetFromMark, A::None, 4}},
    {0x92, {"NEWOBJ_EX", E::NewObjEx, A::None, 4}},
    {0x93, {"STACK_GLOBAL", E::StackGlobal, A::None, 4}},
    {0x94, {"MEMOIZE", E::Memoize, A::None, 4}},
    {0x95, {"FRAME", E::Frame, A::Fixed8, 4}},
    {0x96, {"BYTEARRAY8", E::Opaque, A::Counted8, 5}},
    {0x97, {"NEXT_BUFFER", E::NextBuffer, A::None, 5}},
    {0x98, {"READONLY_BUFFER", E::ReadonlyBuffer, A::None, 5}},
};

constexpr std::array<PickleOpcode, 256> makeTable()
{
    std::array<PickleOpcode, 256> table = {};
    for (const Row &row : kRows)
        table[row.code] = row.opcode;
    return table;
}

constexpr std::array<PickleOpcode, 256> kTable = makeTable();

}  // namespace

const std::array<PickleOpcode, 256> &pickleOpcodes()
{
    return kTable;
}

}  // namespace strongroom::storage
