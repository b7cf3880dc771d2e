<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
    <context>
        <name>ReportSummary</name>
        <message numerus="yes">
            <source>%1 %n warning(s).</source>
            <translation>
                <numerusform>%1 %n warning.</numerusform>
                <numerusform>%1 %n warnings.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Words</name>
        <message numerus="yes">
            <source>%1 byte(s)</source>
            <translation>
                <numerusform>%1 byte</numerusform>
                <numerusform>%1 bytes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n minute(s) ago</source>
            <translation>
                <numerusform>%n minute ago</numerusform>
                <numerusform>%n minutes ago</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n hour(s) ago</source>
            <translation>
                <numerusform>%n hour ago</numerusform>
                <numerusform>%n hours ago</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n day(s) ago</source>
            <translation>
                <numerusform>%n day ago</numerusform>
                <numerusform>%n days ago</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::MetadataModel</name>
        <message numerus="yes">
            <source>%n member(s)</source>
            <translation>
                <numerusform>%n member</numerusform>
                <numerusform>%n members</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n element(s)</source>
            <translation>
                <numerusform>%n element</numerusform>
                <numerusform>%n elements</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::OverviewModel</name>
        <message numerus="yes">
            <source>%n problem(s)</source>
            <translation>
                <numerusform>%n problem</numerusform>
                <numerusform>%n problems</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::PlanModel</name>
        <message numerus="yes">
            <source>%1: %n entry(s)</source>
            <comment>verb and number of files</comment>
            <translation>
                <numerusform>%1: %n entry</numerusform>
                <numerusform>%1: %n entries</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::DropTarget</name>
        <message numerus="yes">
            <source>%n folder(s)</source>
            <translation>
                <numerusform>%n folder</numerusform>
                <numerusform>%n folders</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::MainWindow</name>
        <message numerus="yes">
            <source>%n selected</source>
            <translation>
                <numerusform>%n selected</numerusform>
                <numerusform>%n selected</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n job(s)</source>
            <translation>
                <numerusform>%n job</numerusform>
                <numerusform>%n jobs</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Open %n folder(s)</source>
            <translation>
                <numerusform>Open %n folder</numerusform>
                <numerusform>Open %n folders</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::PlanView</name>
        <message numerus="yes">
            <source>%n more warning(s).</source>
            <translation>
                <numerusform>%n more warning.</numerusform>
                <numerusform>%n more warnings.</numerusform>
            </translation>
        </message>
    </context>
</TS>
