// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dirtree.h"
#include "storage/formats/pickle.h"
#include "storage/formats/pickleopcodes.h"
#include "tests/support/datadirbuilder.h"

#include <QTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

using B = QByteArray;

/// A file in memory, so that thousands of cuts cost nothing. `step` > 0 hands out that many bytes at once.
class MemoryFile final : public TreeFile {
public:
    explicit MemoryFile(B data, qint64 step = 0) : m_data(std::move(data)), m_step(step)
    {
        m_stamp.size = m_data.size();
        m_stamp.type = FileType::File;
    }
    Result<qint64> read(char *data, qint64 size) override
    {
        if (m_step > 0)
            size = std::min(size, m_step);
        const qint64 n = std::min<qint64>(size, m_data.size() - m_at);
        memcpy(data, m_data.constData() + m_at, size_t(n));
        m_at += n;
        return n;
    }
    const FileStamp &stamp() const override { return m_stamp; }

private:
    B m_data;
    qint64 m_step;
    qint64 m_at = 0;
    FileStamp m_stamp;
};

PickleReport walked(const B &bytes, const PickleOptions &options = {}, qint64 step = 0)
{
    MemoryFile file(bytes, step);
    Monitor monitor;
    const auto report = walkPickle(file, {}, options, monitor);
    if (!report)
        qFatal("the walk failed");
    return *report;
}

/// A literal with zero bytes in it.
template<size_t n> B raw(const char (&bytes)[n])
{
    return B(bytes, n - 1);
}

/// What replication's Node would be: {"timestamp": 1.5, "reason": "shutdown", "graph": Node with state}.
const B kSmall = raw("\x80\x04}\x94(\x8c\x09timestamp\x94G\x3f\xf8\0\0\0\0\0\0\x8c\x06reason\x94\x8c\x08shutdown\x94"
                        "\x8c\x05graph\x94\x8c\x13replication.objects\x94\x8c\x04Node\x94\x93\x94)\x81\x94N}\x94"
                        "\x8c\x04uuid\x94\x8c\x03" "abc\x94s\x86\x94" "b\x8c\x05users\x94]\x94(K\1J\xff\xff\xff\xff" "eu.");

PickleOptions nodePolicy()
{
    PickleOptions options;
    options.policy.classes = {"replication.objects.Node"};
    options.wantedKeys = {"timestamp", "reason", "graph", "nothing"};
    return options;
}

bool havePython()
{
    static const bool have = run(QStringLiteral("python3"), {QStringLiteral("-c"), QStringLiteral("import pickle")}).exitCode == 0;
    return have;
}

/// What python3 makes of `script`, which writes to sys.stdout.buffer.
B fromPython(const B &script)
{
    const Ran ran = run(QStringLiteral("python3"), {QStringLiteral("-")}, {},
                        "import pickle, sys, pickletools, collections, datetime, decimal\nout = sys.stdout.buffer\n" + script);
    if (ran.exitCode != 0)
        qFatal("python3: %s", ran.err.constData());
    return ran.out;
}

}  // namespace

class PickleTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void smallSnapshot_isReadWithoutBuildingIt()
    {
        const PickleReport report = walked(kSmall, nodePolicy());
        QCOMPARE(report.end, PickleEnd::Complete);
        QVERIFY(report.isClean());
        QCOMPARE(report.protocol, 4);
        QCOMPARE(report.top, PickleTop::Dict);
        QCOMPARE(report.endOffset, qint64(kSmall.size()));
        QCOMPARE(report.globals, QList<B>{"replication.objects.Node"});
        QCOMPARE(report.instances.value("replication.objects.Node"), 1);
        QCOMPARE(report.topKeys, (QList<B>{"timestamp", "reason", "graph", "users"}));
        QCOMPARE(report.values.size(), 2);
        QCOMPARE(std::get<double>(report.values.value("timestamp")), 1.5);
        QCOMPARE(std::get<B>(report.values.value("reason")), B("shutdown"));
    }

    void smallSnapshot_isTheSameInPiecesOfAnySize()
    {
        for (const qint64 step : {1, 2, 3, 7, 64}) {
            const PickleReport report = walked(kSmall, nodePolicy(), step);
            QVERIFY(report.isClean());
            QCOMPARE(report.instances.value("replication.objects.Node"), 1);
        }
    }

    void everyCut_isTruncatedAndNeverMore()
    {
        for (qsizetype n = 0; n < kSmall.size(); ++n) {
            const PickleReport report = walked(kSmall.left(n), nodePolicy());
            QCOMPARE(report.end, PickleEnd::Truncated);
            QVERIFY(report.endOffset <= n);
            QVERIFY(report.forbidden.isEmpty());
        }
    }

    void flippedBits_neverCrashAndNeverNameMoreThanThereIs()
    {
        int complete = 0;
        for (qsizetype i = 0; i < kSmall.size(); ++i) {
            for (int bit = 0; bit < 8; ++bit) {
                B bytes = kSmall;
                bytes[i] = char(bytes.at(i) ^ (1 << bit));
                const PickleReport report = walked(bytes, nodePolicy());
                QVERIFY(report.endOffset <= bytes.size());
                complete += report.isComplete() ? 1 : 0;
                // Complete, clean and yet another class: the policy would have a hole.
                if (report.isClean())
                    QVERIFY(report.globals.isEmpty() || report.globals == QList<B>{"replication.objects.Node"});
            }
        }
        QVERIFY(complete > 0);
    }

    void maliciousPickles_areNamed_data()
    {
        QTest::addColumn<B>("bytes");
        QTest::addColumn<B>("forbidden");
        QTest::newRow("GLOBAL protocol 0") << raw("cos\nsystem\n(S'id'\ntR.") << B("os.system");
        QTest::newRow("GLOBAL protocol 2") << raw("\x80\x02" "cposix\nsystem\nX\2\0\0\0id\x85R.") << B("posix.system");
        QTest::newRow("STACK_GLOBAL") << raw("\x80\x04\x8c\2os\x8c\6system\x93\x8c\2id\x85R.") << B("os.system");
        QTest::newRow("STACK_GLOBAL from the memo")
            << raw("\x80\x04\x8c\5posix\x94\x8c\6system\x94" "00h\0h\1\x93\x8c\2id\x85R.") << B("posix.system");
        QTest::newRow("STACK_GLOBAL by DUP") << raw("\x80\x04\x8c\4time2\x93.") << B("time.time");
        QTest::newRow("STACK_GLOBAL with an escaped module")
            << raw("\x80\x04V\\u006fs\n\x8c\6system\x93.") << B("?");
        QTest::newRow("STACK_GLOBAL with a long name")
            << raw("\x80\x04\x8c\2osX\0\x10\0\0") + B(4096, 'a') + raw("\x93.") << B("?");
        QTest::newRow("STACK_GLOBAL of a computed value") << raw("\x80\x04\x8c\2os]\x93.") << B("?");
        QTest::newRow("dotted name through an allowed class")
            << raw("\x80\x04\x8c\x13replication.objects\x8c\x19Node.__init__.__globals__\x93.")
            << B("replication.objects.Node.__init__.__globals__");
        QTest::newRow("INST") << raw("(S'id'\nios\nsystem\n.") << B("os.system");
        QTest::newRow("OBJ") << raw("\x80\x02(cos\nsystem\nU\2ido.") << B("os.system");
        QTest::newRow("NEWOBJ") << raw("\x80\x02" "csubprocess\nPopen\nU\2id\x85\x81.") << B("subprocess.Popen");
        QTest::newRow("NEWOBJ_EX") << raw("\x80\x04" "csubprocess\nPopen\n)}\x92.") << B("subprocess.Popen");
        QTest::newRow("NEWOBJ of a value") << raw("\x80\x02])\x81.") << B("NEWOBJ ?");
        QTest::newRow("REDUCE of an allowed class") << raw("\x80\x02" "creplication.objects\nNode\n)R.") << B("REDUCE replication.objects.Node");
        QTest::newRow("REDUCE of a value") << raw("\x80\x02])R.") << B("REDUCE ?");
        QTest::newRow("BUILD on a class") << raw("\x80\x02" "creplication.objects\nNode\n}b.") << B("BUILD replication.objects.Node");
        QTest::newRow("EXT1") << raw("\x80\x02\x82\x01.") << B("EXT1");
        QTest::newRow("EXT2") << raw("\x80\x02\x83\x01\x02.") << B("EXT2");
        QTest::newRow("EXT4") << raw("\x80\x02\x84\x01\x02\x03\x04.") << B("EXT4");
        QTest::newRow("PERSID") << raw("Pwhatever\n.") << B("PERSID");
        QTest::newRow("BINPERSID") << raw("\x80\x02K\1Q.") << B("BINPERSID");
        QTest::newRow("NEXT_BUFFER") << raw("\x80\x05\x97.") << B("NEXT_BUFFER");
        // Two names given to the same memo number out of order: which one MEMOIZE takes cannot be told.
        QTest::newRow("memo numbers out of order")
            << raw("\x80\x04\x8c\2osr\7\0\0\0" "0\x8c\6system\x94" "0h\7h\0\x93.") << B("?");
    }
    void maliciousPickles_areNamed()
    {
        QFETCH(B, bytes);
        QFETCH(B, forbidden);
        const PickleReport report = walked(bytes, nodePolicy());
        QCOMPARE(report.end, PickleEnd::Complete);
        QVERIFY(!report.isClean());
        QCOMPARE(report.forbidden.first(), forbidden);
        QVERIFY(report.forbiddenOffset >= 0 && report.forbiddenOffset < bytes.size());
    }

    void forbiddenNames_areReportedEvenWhenTheRestIsMissing()
    {
        const PickleReport report = walked(raw("cos\nsystem\n(S'id'"), nodePolicy());
        QCOMPARE(report.end, PickleEnd::Truncated);
        QCOMPARE(report.forbidden, QList<B>{"os.system"});
    }

    void notEvenAPickle_isInvalidAtItsPlace_data()
    {
        QTest::addColumn<B>("bytes");
        QTest::addColumn<qint64>("offset");
        QTest::newRow("text") << B("hello, world") << qint64(0);
        QTest::newRow("JSON") << B("{\"a\": 1}") << qint64(0);
        QTest::newRow("gzip") << raw("\x1f\x8b\x08\0\0\0\0\0") << qint64(0);
        QTest::newRow("zeros") << B(64, '\0') << qint64(0);
        QTest::newRow("protocol 6") << raw("\x80\x06N.") << qint64(0);
        QTest::newRow("unknown opcode") << raw("\x80\x04\xffN.") << qint64(2);
        QTest::newRow("STOP on nothing") << raw("\x80\x04.") << qint64(2);
        QTest::newRow("STOP on two values") << raw("\x80\x04NN.") << qint64(4);
        QTest::newRow("STOP on two opaque values") << raw("\x80\x04\x8f\x8f.") << qint64(4);
        QTest::newRow("STOP on a mark") << raw("\x80\x04(.") << qint64(3);
        QTest::newRow("TUPLE2 of one") << raw("\x80\x04N\x86.") << qint64(3);
        QTest::newRow("TUPLE without mark") << raw("\x80\x04Nt.") << qint64(3);
        QTest::newRow("APPEND to nothing") << raw("\x80\x04Na.") << qint64(3);
        QTest::newRow("through a mark") << raw("\x80\x04](Na.") << qint64(5);
        QTest::newRow("odd SETITEMS") << raw("\x80\x04}(Nu.") << qint64(5);
        QTest::newRow("memo number nobody gave") << raw("\x80\x04h\5.") << qint64(2);
        QTest::newRow("MEMOIZE of nothing") << raw("\x80\x04\x94.") << qint64(2);
        QTest::newRow("frame in a frame") << raw("\x80\x04\x95\x0b\0\0\0\0\0\0\0\x95\1\0\0\0\0\0\0\0N.") << qint64(11);
        QTest::newRow("opcode across a frame's end") << raw("\x80\x04\x95\2\0\0\0\0\0\0\0\x8c\2ab.") << qint64(11);
        QTest::newRow("frame of 2^63") << raw("\x80\x04\x95\0\0\0\0\0\0\0\x80N.") << qint64(2);
        QTest::newRow("bytes of 2^63") << raw("\x80\x04\x8e\0\0\0\0\0\0\0\x80" "abc.") << qint64(2);
        QTest::newRow("text of 2^64-1") << raw("\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff" "abc.") << qint64(2);
        QTest::newRow("negative LONG4") << raw("\x80\x02\x8b\xff\xff\xff\xff.") << qint64(2);
        QTest::newRow("negative BINSTRING") << raw("\x80\x02T\xff\xff\xff\xff.") << qint64(2);
        QTest::newRow("STRING without quotes") << raw("Shello\n.") << qint64(0);
        QTest::newRow("number that is none") << raw("Ihello\n.") << qint64(0);
    }
    void notEvenAPickle_isInvalidAtItsPlace()
    {
        QFETCH(B, bytes);
        QFETCH(qint64, offset);
        const PickleReport report = walked(bytes);
        QCOMPARE(report.end, PickleEnd::Invalid);
        QCOMPARE(report.endOffset, offset);
    }

    void lengthsBeyondTheFile_areTruncatedBeforeAnythingIsSkipped()
    {
        QCOMPARE(walked(raw("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.")).end, PickleEnd::Invalid);
        QCOMPARE(walked(raw("\x80\x04\x95\xff\0\0\0\0\0\0\0N")).end, PickleEnd::Truncated);
        QCOMPARE(walked(raw("\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f" "abc.")).end, PickleEnd::Truncated);
        QCOMPARE(walked(raw("\x80\x03" "B\xff\xff\xff\xff" "abc.")).endOffset, qint64(2));
        QCOMPARE(walked({}).end, PickleEnd::Truncated);
        QCOMPARE(walked({}).protocol, -1);
    }

    void framesLongerThanTheFile_areHarmlessButNotClean()
    {
        const B bytes = raw("\x80\x04\x95\x0b\0\0\0\0\0\0\0}\x8c\1aK\1s.");
        const PickleReport report = walked(bytes);
        QCOMPARE(report.end, PickleEnd::Complete);
        QVERIFY(report.frameOverrun);
        QVERIFY(report.isHarmless());
        QVERIFY(!report.isClean());
        if (havePython()) {
            const B verdict = fromPython("try:\n pickle.loads(bytes.fromhex('" + bytes.toHex() + "'))\n out.write(b'loaded')\nexcept Exception:\n out.write(b'failed')\n");
            QCOMPARE(verdict, B("failed"));
        }
    }

    void whatFollowsStop_isCounted()
    {
        const PickleReport report = walked(kSmall + raw("cos\nsystem\n(S'id'\ntR."), nodePolicy());
        QCOMPARE(report.end, PickleEnd::Complete);
        QCOMPARE(report.trailingBytes, qint64(21));
        QVERIFY(!report.isClean());
        QVERIFY(report.forbidden.isEmpty());
    }

    void depthCostsLittle_andTooMuchIsRefused()
    {
        const PickleReport tuples = walked(raw("\x80\x02N") + B(200000, '\x85') + '.');
        QVERIFY(tuples.isClean());
        QCOMPARE(tuples.top, PickleTop::Tuple);
        const PickleReport marks = walked(raw("\x80\x02") + B(1500000, '('));
        QCOMPARE(marks.end, PickleEnd::TooComplex);
        const PickleReport wide = walked(raw("\x80\x02(") + B(3000000, ']') + "t.");
        QVERIFY(wide.isClean());
    }

    void forgottenNames_countAsForbidden()
    {
        // More names than the memo keeps, then one of them is used: it must not pass as harmless.
        B bytes = raw("\x80\x04(");
        for (int i = 0; i < 70000; ++i)
            bytes += raw("\x8c\x06") + 'n' + QByteArray::number(i).rightJustified(5, '0') + raw("\x94" "0");
        bytes += raw("1j\x6f\x11\x01\0j\x6f\x11\x01\0\x93.");
        const PickleReport report = walked(bytes);
        QCOMPARE(report.end, PickleEnd::Complete);
        QCOMPARE(report.forbidden, QList<B>{"?"});
    }

    void cap_leavesTheWalkUnfinished()
    {
        PickleOptions options = nodePolicy();
        options.maxBytes = 20;
        const PickleReport report = walked(kSmall, options);
        QCOMPARE(report.end, PickleEnd::Unfinished);
        QCOMPARE(report.bytes, qint64(kSmall.size()));
    }

    void plainValuesBeforeTheBreak_areKnown()
    {
        const PickleReport report = walked(kSmall.left(70), nodePolicy());
        QCOMPARE(report.end, PickleEnd::Truncated);
        QCOMPARE(std::get<double>(report.values.value("timestamp")), 1.5);
        QCOMPARE(std::get<B>(report.values.value("reason")), B("shutdown"));
        // The last value could still become part of something else.
        QVERIFY(walked(kSmall.left(26), nodePolicy()).values.isEmpty());
    }

    void stop_isHeard()
    {
        MemoryFile file(kSmall);
        Monitor monitor;
        monitor.requestStop();
        const auto report = walkPickle(file, {}, {}, monitor);
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::Cancelled);
    }

    void opcodeTable_isPythons()
    {
        if (!havePython())
            QSKIP("no python3");
        const B listed = fromPython("for o in pickletools.opcodes: out.write(b'%d %s %d\\n' % (ord(o.code), o.name.encode(), o.proto))\n");
        int rows = 0;
        for (const B &line : listed.split('\n')) {
            const QList<B> words = line.split(' ');
            if (words.size() != 3)
                continue;
            const PickleOpcode &opcode = pickleOpcodes()[words[0].toUInt()];
            QVERIFY2(opcode.effect != PickleEffect::Unknown, line.constData());
            QCOMPARE(B(opcode.name), words[1]);
            QCOMPARE(int(opcode.protocol), words[2].toInt());
            ++rows;
        }
        int ours = 0;
        for (const PickleOpcode &opcode : pickleOpcodes())
            ours += opcode.effect != PickleEffect::Unknown ? 1 : 0;
        QCOMPARE(ours, rows);
    }

    void pythonPickles_ofEveryProtocol_areRead()
    {
        if (!havePython())
            QSKIP("no python3");
        for (int protocol = 0; protocol <= 5; ++protocol) {
            const B bytes = fromPython("value = {'timestamp': 1736692345.123, 'reason': 'auto-save', 'n': 7, 'big': 10**30, 'neg': -5,\n"
                                       " 'yes': True, 'nothing': None, 'blob': b'x' * 300000, 'text': 'é' * 70000, 'set': {1, 2}, 'fs': frozenset([3]),\n"
                                       " 'list': [[i, str(i), (i,), (i, i), (i, i, i), (1,) * 9, i * 1.5] for i in range(3000)],\n"
                                       " 'when': datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), 'od': collections.OrderedDict(a=1)}\n"
                                       "out.write(pickle.dumps(value, " + B::number(protocol) + "))\n");
            PickleOptions options;
            options.wantedKeys = {"timestamp", "reason", "n", "neg", "yes", "nothing", "big"};
            options.policy.callables = {"datetime.datetime", "datetime.timezone", "datetime.timedelta", "collections.OrderedDict",
                                        "_codecs.encode", "__builtin__.set", "__builtin__.frozenset",
                                        "builtins.set", "builtins.frozenset"};
            const PickleReport report = walked(bytes, options);
            QCOMPARE(report.end, PickleEnd::Complete);
            QCOMPARE(report.protocol, protocol);
            QVERIFY2(report.isClean(), report.forbidden.join(", ").constData());
            QCOMPARE(report.top, PickleTop::Dict);
            QCOMPARE(report.topKeys.size(), 14);
            QCOMPARE(std::get<double>(report.values.value("timestamp")), 1736692345.123);
            QCOMPARE(std::get<B>(report.values.value("reason")), B("auto-save"));
            QCOMPARE(std::get<qint64>(report.values.value("n")), 7);
            QCOMPARE(std::get<qint64>(report.values.value("neg")), -5);
            QCOMPARE(std::get<bool>(report.values.value("yes")), true);
            QVERIFY(report.values.contains("nothing"));
            QVERIFY(!report.values.contains("big"));
            options.policy = {};
            QVERIFY(!walked(bytes, options).forbidden.isEmpty());
        }
    }

    void pythonOptimizedPickles_areReadAsWell()
    {
        if (!havePython())
            QSKIP("no python3");
        for (int protocol = 0; protocol <= 5; ++protocol) {
            const B bytes = fromPython("shared = ['a', 'b']\nout.write(pickletools.optimize(pickle.dumps({'x': shared, 'y': shared, 'z': [shared] * 1000}, "
                                       + B::number(protocol) + ")))\n");
            const PickleReport report = walked(bytes);
            QVERIFY(report.isClean());
            QCOMPARE(report.topKeys, (QList<B>{"x", "y", "z"}));
        }
    }

    void snapshotSamples_haveTheirNodes()
    {
        DataDirBuilder dir;
        if (!unpackSample(QStringLiteral("blender"), dir.path()))
            QSKIP("no samples beside the checkout");
        const auto tree = DirTree::open(dir.path("blender/server/data"));
        Monitor monitor;
        PickleOptions options = nodePolicy();
        options.policy.classes.append("replication.repository.GraphObjectStore");
        const auto report = walkPickle(**tree, RelPath::literal("session_snapshot.pkl"), options, monitor);
        QVERIFY(report);
        QVERIFY(report->isClean());
        QCOMPARE(report->instances.value("replication.objects.Node"), 40);
        QCOMPARE(std::get<B>(report->values.value("reason")), B("user_disconnect:Alice"));
        QCOMPARE(report->endOffset, report->bytes);
        qInfo("1 sample snapshot");
    }
};

QTEST_GUILESS_MAIN(PickleTest)
#include "tst_pickle.moc"
