<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
    <context>
        <name>ActionState</name>
        <message>
            <source>Not possible now: no data directory is selected.</source>
            <translation>Jetzt nicht möglich: Es ist kein Datenverzeichnis ausgewählt.</translation>
        </message>
        <message>
            <source>Not possible now: the data directory could not be read.</source>
            <translation>Jetzt nicht möglich: Das Datenverzeichnis konnte nicht gelesen werden.</translation>
        </message>
        <message>
            <source>Not possible: this window is read-only.</source>
            <translation>Nicht möglich: Dieses Fenster darf nur lesen.</translation>
        </message>
        <message>
            <source>Not possible now: no volume is selected.</source>
            <translation>Jetzt nicht möglich: Es ist kein Volume ausgewählt.</translation>
        </message>
        <message>
            <source>Not possible now: no backup is selected.</source>
            <translation>Jetzt nicht möglich: Es ist keine Sicherung ausgewählt.</translation>
        </message>
        <message>
            <source>Not possible now: no restore of this data directory can be undone.</source>
            <translation>Jetzt nicht möglich: In diesem Datenverzeichnis gibt es keine Wiederherstellung, die sich rückgängig machen ließe.</translation>
        </message>
        <message>
            <source>Not possible now: no job runs or waits.</source>
            <translation>Jetzt nicht möglich: Kein Auftrag läuft oder wartet.</translation>
        </message>
        <message>
            <source>Not possible now: no job has ended yet.</source>
            <translation>Jetzt nicht möglich: Noch ist kein Auftrag beendet.</translation>
        </message>
        <message>
            <source>Not possible now: this view has no rows.</source>
            <translation>Jetzt nicht möglich: Diese Ansicht hat keine Zeilen.</translation>
        </message>
        <message>
            <source>Not possible now: nothing is selected.</source>
            <translation>Jetzt nicht möglich: Es ist nichts ausgewählt.</translation>
        </message>
        <message>
            <source>Not possible now: what is selected has no path.</source>
            <translation>Jetzt nicht möglich: Das Ausgewählte hat keinen Pfad.</translation>
        </message>
    </context>
    <context>
        <name>ArchiveState</name>
        <message>
            <source>Verified</source>
            <translation>Geprüft</translation>
        </message>
        <message>
            <source>Readable</source>
            <translation>Lesbar</translation>
        </message>
        <message>
            <source>Damaged</source>
            <translation>Beschädigt</translation>
        </message>
        <message>
            <source>Unsafe</source>
            <translation>Unsicher</translation>
        </message>
        <message>
            <source>Not verified</source>
            <translation>Nicht geprüft</translation>
        </message>
        <message>
            <source>Unfinished</source>
            <translation>Unfertig</translation>
        </message>
        <message>
            <source>Encrypted</source>
            <translation>Verschlüsselt</translation>
        </message>
        <message>
            <source>Not an archive</source>
            <translation>Kein Archiv</translation>
        </message>
    </context>
    <context>
        <name>Drop</name>
        <message>
            <source>Nothing was dropped that has a path.</source>
            <translation>Was abgelegt wurde, hat keinen Pfad.</translation>
        </message>
        <message>
            <source>Drop one archive, or folders only.</source>
            <translation>Bitte nur ein Archiv oder nur Ordner ablegen.</translation>
        </message>
        <message>
            <source>%1 is no archive that can be restored.</source>
            <translation>%1 ist kein Archiv, das sich wiederherstellen lässt.</translation>
        </message>
        <message>
            <source>%1 is no archive: %2.</source>
            <translation>%1 ist kein Archiv: %2.</translation>
        </message>
    </context>
    <context>
        <name>Error</name>
        <message>
            <source>%1 does not exist</source>
            <translation>%1 gibt es nicht</translation>
        </message>
        <message>
            <source>Check the name, and whether the disk is mounted.</source>
            <translation>Prüfen Sie den Namen und ob der Datenträger eingehängt ist.</translation>
        </message>
        <message>
            <source>%1 is not a folder</source>
            <translation>%1 ist kein Ordner</translation>
        </message>
        <message>
            <source>Name the data directory itself.</source>
            <translation>Geben Sie das Datenverzeichnis selbst an.</translation>
        </message>
        <message>
            <source>%1 is not a regular file</source>
            <translation>%1 ist keine gewöhnliche Datei</translation>
        </message>
        <message>
            <source>Folders, pipes and devices are not read here; name a file.</source>
            <translation>Ordner, Pipes und Geräte werden hier nicht gelesen; geben Sie eine Datei an.</translation>
        </message>
        <message>
            <source>%1 already exists</source>
            <translation>%1 gibt es schon</translation>
        </message>
        <message>
            <source>Nothing was overwritten. Choose another name, or move it away.</source>
            <translation>Nichts wurde überschrieben. Wählen Sie einen anderen Namen oder räumen Sie ihn frei.</translation>
        </message>
        <message>
            <source>No permission for %1</source>
            <translation>Keine Berechtigung für %1</translation>
        </message>
        <message>
            <source>Run as its owner, or correct its permissions.</source>
            <translation>Arbeiten Sie als Eigentümer oder berichtigen Sie die Rechte.</translation>
        </message>
        <message>
            <source>%1 is on a read-only file system</source>
            <translation>%1 liegt auf einem schreibgeschützten Dateisystem</translation>
        </message>
        <message>
            <source>Mount it writable, or choose another place.</source>
            <translation>Hängen Sie es beschreibbar ein oder wählen Sie einen anderen Ort.</translation>
        </message>
        <message>
            <source>Not enough space for %1</source>
            <translation>Nicht genug Platz für %1</translation>
        </message>
        <message>
            <source>Free space or choose another place. The unfinished file was removed; nothing else changed.</source>
            <translation>Schaffen Sie Platz oder wählen Sie einen anderen Ort. Die unfertige Datei wurde entfernt; sonst hat sich nichts geändert.</translation>
        </message>
        <message>
            <source>%1 cannot be read</source>
            <translation>%1 kann nicht gelesen werden</translation>
        </message>
        <message>
            <source>Check the disk, then try again.</source>
            <translation>Prüfen Sie den Datenträger und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>%1 cannot be written</source>
            <translation>%1 kann nicht geschrieben werden</translation>
        </message>
        <message>
            <source>%1 kept changing while it was read</source>
            <translation>%1 hat sich beim Lesen immer wieder geändert</translation>
        </message>
        <message>
            <source>Try again when the application is quiet, or stop it.</source>
            <translation>Versuchen Sie es erneut, wenn die Anwendung ruht, oder halten Sie sie an.</translation>
        </message>
        <message>
            <source>%1 disappeared while it was read</source>
            <translation>%1 ist beim Lesen verschwunden</translation>
        </message>
        <message>
            <source>Refresh and try again.</source>
            <translation>Aktualisieren Sie und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>%1: this is not supported here</source>
            <translation>%1: Das wird hier nicht unterstützt</translation>
        </message>
        <message>
            <source>Choose another file system or another way.</source>
            <translation>Wählen Sie ein anderes Dateisystem oder einen anderen Weg.</translation>
        </message>
        <message>
            <source>%1 is a mount point, or its folder is on another file system</source>
            <translation>%1 ist ein Einhängepunkt, oder sein Ordner liegt auf einem anderen Dateisystem</translation>
        </message>
        <message>
            <source>Restore beside it as a copy, or into a folder of the mounted file system.</source>
            <translation>Stellen Sie daneben als Kopie wieder her oder in einen Ordner des eingehängten Dateisystems.</translation>
        </message>
        <message>
            <source>Another operation is working on %1</source>
            <translation>Ein anderer Vorgang arbeitet an %1</translation>
        </message>
        <message>
            <source>Wait until it has finished, then try again.</source>
            <translation>Warten Sie, bis er fertig ist, und versuchen Sie es dann erneut.</translation>
        </message>
        <message>
            <source>%1 is in use</source>
            <translation>%1 wird gerade benutzt</translation>
        </message>
        <message>
            <source>Stop the application that uses it, then try again.</source>
            <translation>Halten Sie die Anwendung an, die es benutzt, und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>The path “%1” is not allowed</source>
            <translation>Der Pfad „%1“ ist nicht erlaubt</translation>
        </message>
        <message>
            <source>it is absolute, climbs out of its folder, or is spelled in an unsafe way</source>
            <translation>Er ist absolut, führt aus seinem Ordner heraus oder ist unsicher geschrieben</translation>
        </message>
        <message>
            <source>Nothing was written.</source>
            <translation>Nichts wurde geschrieben.</translation>
        </message>
        <message>
            <source>The name “%1” is not allowed here</source>
            <translation>Der Name „%1“ ist hier nicht erlaubt</translation>
        </message>
        <message>
            <source>The symbolic link %1 leads out of the data directory</source>
            <translation>Die symbolische Verknüpfung %1 führt aus dem Datenverzeichnis hinaus</translation>
        </message>
        <message>
            <source>Nothing was written. Allow this link by name if it is meant to be there.</source>
            <translation>Nichts wurde geschrieben. Erlauben Sie diese Verknüpfung namentlich, wenn sie dort hingehört.</translation>
        </message>
        <message>
            <source>%1 is reached through a symbolic link</source>
            <translation>%1 ist nur über eine symbolische Verknüpfung zu erreichen</translation>
        </message>
        <message>
            <source>Links are not followed inside a data directory. Replace the link by a real folder.</source>
            <translation>In einem Datenverzeichnis wird Verknüpfungen nicht gefolgt. Ersetzen Sie die Verknüpfung durch einen echten Ordner.</translation>
        </message>
        <message>
            <source>%1 is not an archive that can be opened here</source>
            <translation>%1 ist kein Archiv, das sich hier öffnen lässt</translation>
        </message>
        <message>
            <source>%1 holds nothing to restore</source>
            <translation>%1 enthält nichts, was sich wiederherstellen ließe</translation>
        </message>
        <message>
            <source>Nothing was changed. Choose another backup.</source>
            <translation>Nichts wurde geändert. Wählen Sie eine andere Sicherung.</translation>
        </message>
        <message>
            <source>%1 ends early</source>
            <translation>%1 endet zu früh</translation>
        </message>
        <message>
            <source>it was probably interrupted while it was written or copied</source>
            <translation>Vermutlich wurde sie beim Schreiben oder Kopieren unterbrochen</translation>
        </message>
        <message>
            <source>Nothing was restored. Copy it again or use another backup.</source>
            <translation>Nichts wurde wiederhergestellt. Kopieren Sie sie erneut oder nehmen Sie eine andere Sicherung.</translation>
        </message>
        <message>
            <source>%1 is damaged</source>
            <translation>%1 ist beschädigt</translation>
        </message>
        <message>
            <source>Nothing was restored. Use another backup.</source>
            <translation>Nichts wurde wiederhergestellt. Nehmen Sie eine andere Sicherung.</translation>
        </message>
        <message>
            <source>%1 is not safe to open</source>
            <translation>%1 lässt sich nicht sicher öffnen</translation>
        </message>
        <message>
            <source>Nothing was extracted. Find out where this archive comes from.</source>
            <translation>Nichts wurde entpackt. Finden Sie heraus, woher dieses Archiv kommt.</translation>
        </message>
        <message>
            <source>%1 does not hold exactly what its manifest promises</source>
            <translation>%1 enthält nicht genau das, was das Manifest verspricht</translation>
        </message>
        <message>
            <source>The manifest of %1 cannot be trusted</source>
            <translation>Dem Manifest von %1 ist nicht zu trauen</translation>
        </message>
        <message>
            <source>%1 was made by a newer version</source>
            <translation>%1 stammt von einer neueren Version</translation>
        </message>
        <message>
            <source>Update Strongroom, or unpack it with tar.</source>
            <translation>Aktualisieren Sie Strongroom oder entpacken Sie es mit tar.</translation>
        </message>
        <message>
            <source>The passphrase for %1 is not available</source>
            <translation>Die Passphrase für %1 ist nicht verfügbar</translation>
        </message>
        <message>
            <source>Unlock the keychain or give the passphrase.</source>
            <translation>Entsperren Sie den Schlüsselbund oder geben Sie die Passphrase an.</translation>
        </message>
        <message>
            <source>This changes %1 and was not confirmed</source>
            <translation>Das ändert %1 und wurde nicht bestätigt</translation>
        </message>
        <message>
            <source>Nothing was changed. Look at the plan with --dry-run, then repeat with --yes.</source>
            <translation>Nichts wurde geändert. Sehen Sie sich den Plan mit --dry-run an und wiederholen Sie mit --yes.</translation>
        </message>
        <message>
            <source>%1 is not a data directory that is known here</source>
            <translation>%1 ist kein Datenverzeichnis, das hier bekannt ist</translation>
        </message>
        <message>
            <source>Open the folder that holds the data itself.</source>
            <translation>Öffnen Sie den Ordner, der die Daten selbst enthält.</translation>
        </message>
        <message>
            <source>The archive holds another kind of data than %1</source>
            <translation>Das Archiv enthält andere Daten als %1</translation>
        </message>
        <message>
            <source>Nothing was changed. Choose the data directory it belongs to, or restore it as a copy.</source>
            <translation>Nichts wurde geändert. Wählen Sie das Datenverzeichnis, zu dem es gehört, oder stellen Sie es als Kopie wieder her.</translation>
        </message>
        <message>
            <source>There is no scope “%2” in %1</source>
            <translation>Den Umfang „%2“ gibt es in %1 nicht</translation>
        </message>
        <message>
            <source>Use everything or volume:NAME with one of the listed volumes.</source>
            <translation>Nehmen Sie everything oder volume:NAME mit einem der aufgeführten Volumes.</translation>
        </message>
        <message>
            <source>There is no item “%2” in %1</source>
            <translation>Das Objekt „%2“ gibt es in %1 nicht</translation>
        </message>
        <message>
            <source>List the items to see their ids.</source>
            <translation>Lassen Sie die Objekte auflisten, um ihre Kennungen zu sehen.</translation>
        </message>
        <message>
            <source>There is nothing to undo for %1</source>
            <translation>Für %1 gibt es nichts rückgängig zu machen</translation>
        </message>
        <message>
            <source>There is nothing to do for %1</source>
            <translation>Für %1 gibt es nichts zu tun</translation>
        </message>
        <message>
            <source>The database %1 cannot be read</source>
            <translation>Die Datenbank %1 kann nicht gelesen werden</translation>
        </message>
        <message>
            <source>Check it, or restore it from a backup.</source>
            <translation>Prüfen Sie sie oder stellen Sie sie aus einer Sicherung wieder her.</translation>
        </message>
        <message>
            <source>%1 is not valid JSON</source>
            <translation>%1 ist kein gültiges JSON</translation>
        </message>
        <message>
            <source>It was probably interrupted while it was written. Restore a good copy.</source>
            <translation>Vermutlich wurde das Schreiben unterbrochen. Stellen Sie eine gute Kopie wieder her.</translation>
        </message>
        <message>
            <source>%1 is larger than allowed here</source>
            <translation>%1 ist größer als hier erlaubt</translation>
        </message>
        <message>
            <source>Nothing was read.</source>
            <translation>Nichts wurde gelesen.</translation>
        </message>
        <message>
            <source>%2</source>
            <translation>%2</translation>
        </message>
        <message>
            <source>Cancelled</source>
            <translation>Abgebrochen</translation>
        </message>
        <message>
            <source>Nothing was left half done.</source>
            <translation>Nichts blieb halb getan zurück.</translation>
        </message>
        <message>
            <source>Something went wrong inside Strongroom (%2)</source>
            <translation>In Strongroom selbst ist etwas schiefgegangen (%2)</translation>
        </message>
        <message>
            <source>Please report this with the details.</source>
            <translation>Bitte melden Sie das mit den Einzelheiten.</translation>
        </message>
        <message>
            <source>%1 was not read: the separate process that reads archives could not be started</source>
            <translation>%1 wurde nicht gelesen: Der eigene Prozess, der Archive liest, konnte nicht gestartet werden</translation>
        </message>
        <message>
            <source>Nothing was changed. Look at the limits for memory and processes, and start Strongroom again if it was updated meanwhile.</source>
            <translation>Es wurde nichts geändert. Sehen Sie nach den Grenzen für Speicher und Prozesse, und starten Sie Strongroom neu, falls es inzwischen aktualisiert wurde.</translation>
        </message>
        <message>
            <source>Choose a .tar, .tar.gz, .tar.zst, .tar.xz, .tar.bz2, .zip or .7z archive.</source>
            <translation>Wählen Sie ein Archiv mit der Endung .tar, .tar.gz, .tar.zst, .tar.xz, .tar.bz2, .zip oder .7z.</translation>
        </message>
        <message>
            <source>The passphrase does not open %1</source>
            <translation>Die Passphrase öffnet %1 nicht</translation>
        </message>
        <message>
            <source>it is not the one the archive was made with, or the encrypted data are damaged</source>
            <translation>sie ist nicht die, mit der das Archiv gemacht wurde, oder die verschlüsselten Daten sind beschädigt</translation>
        </message>
        <message>
            <source>Nothing was read. Try again, upper and lower case count.</source>
            <translation>Es wurde nichts gelesen. Versuchen Sie es noch einmal; Groß- und Kleinschreibung zählt.</translation>
        </message>
    </context>
    <context>
        <name>HelpDialogs</name>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Tastenkürzel</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>Aktion</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>Taste</translation>
        </message>
        <message>
            <source>What it does</source>
            <translation>Was sie tut</translation>
        </message>
        <message>
            <source>Keyboard Shortcuts</source>
            <translation>Tastenkürzel</translation>
        </message>
        <message>
            <source>Strongroom %1

The administration console for application data directories: browse, back up, verify, restore.

Free software under the GNU General Public License, version 3 or later. Built with Qt %2.

The same work without a window: strongroomctl --help</source>
            <translation>Strongroom %1

Die Verwaltungskonsole für Datenverzeichnisse von Anwendungen: ansehen, sichern, prüfen, wiederherstellen.

Freie Software unter der GNU General Public License, Version 3 oder neuer. Gebaut mit Qt %2.

Dieselbe Arbeit ohne Fenster: strongroomctl --help</translation>
        </message>
        <message>
            <source>About Strongroom</source>
            <translation>Über Strongroom</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
    </context>
    <context>
        <name>Interaction</name>
        <message>
            <source>Archives (*.tar *.tar.gz *.tgz *.tar.zst *.tar.xz *.tar.bz2 *.zip *.7z)</source>
            <translation>Archive (*.tar *.tar.gz *.tgz *.tar.zst *.tar.xz *.tar.bz2 *.zip *.7z)</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>Alle Dateien (*)</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>&amp;Passphrase:</source>
            <translation>&amp;Passphrase:</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
    </context>
    <context>
        <name>PlanWording</name>
        <message>
            <source>Back up %1</source>
            <translation>%1 sichern</translation>
        </message>
        <message>
            <source>Archive:</source>
            <translation>Archiv:</translation>
        </message>
        <message>
            <source>&amp;Back Up</source>
            <translation>&amp;Sichern</translation>
        </message>
        <message>
            <source>Restore “%1” into %2?</source>
            <translation>„%1“ in %2 wiederherstellen?</translation>
        </message>
        <message>
            <source>This replaces live data. The current data is put aside first and can be put back with Undo.</source>
            <translation>Das ersetzt lebende Daten. Die jetzigen Daten werden zuerst beiseitegelegt und lassen sich mit „Rückgängig“ zurückholen.</translation>
        </message>
        <message>
            <source>Nothing that is there now is replaced or removed.</source>
            <translation>Nichts, was jetzt da ist, wird ersetzt oder entfernt.</translation>
        </message>
        <message>
            <source>Into:</source>
            <translation>Nach:</translation>
        </message>
        <message>
            <source>Backup:</source>
            <translation>Sicherung:</translation>
        </message>
        <message>
            <source>Checked:</source>
            <translation>Geprüft:</translation>
        </message>
        <message>
            <source>Scope:</source>
            <translation>Umfang:</translation>
        </message>
        <message>
            <source>Made:</source>
            <translation>Erstellt:</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <comment>time of a backup, and of what</comment>
            <translation>%1 von %2</translation>
        </message>
        <message>
            <source>&amp;Restore and Replace</source>
            <translation>&amp;Wiederherstellen und ersetzen</translation>
        </message>
        <message>
            <source>&amp;Restore</source>
            <translation>&amp;Wiederherstellen</translation>
        </message>
        <message>
            <source>Undo the last restore of %1?</source>
            <translation>Die letzte Wiederherstellung von %1 rückgängig machen?</translation>
        </message>
        <message>
            <source>What the restore replaced is put back. What is there now is put aside in turn, so that this can be undone as well.</source>
            <translation>Was die Wiederherstellung ersetzt hat, wird zurückgebracht. Was jetzt da ist, wird seinerseits beiseitegelegt, sodass sich auch das rückgängig machen lässt.</translation>
        </message>
        <message>
            <source>&amp;Put Back and Replace</source>
            <translation>&amp;Zurückbringen und ersetzen</translation>
        </message>
        <message>
            <source>&amp;Put Back</source>
            <translation>&amp;Zurückbringen</translation>
        </message>
        <message>
            <source>%1: every byte was read just now; entries: %2, content: %3</source>
            <translation>%1: Jedes Byte wurde soeben gelesen; Einträge: %2, Inhalt: %3</translation>
        </message>
        <message>
            <source>What is there now is the same as in the backup. Restoring changes nothing.</source>
            <translation>Was jetzt da ist, ist dasselbe wie in der Sicherung. Wiederherstellen ändert nichts.</translation>
        </message>
    </context>
    <context>
        <name>Preview</name>
        <message>
            <source>The content of this file is secret and is not shown.</source>
            <translation>Der Inhalt dieser Datei ist geheim und wird nicht gezeigt.</translation>
        </message>
        <message>
            <source>A folder has no preview.</source>
            <translation>Ein Ordner hat keine Vorschau.</translation>
        </message>
        <message>
            <source>Only regular files have a preview.</source>
            <translation>Nur gewöhnliche Dateien haben eine Vorschau.</translation>
        </message>
        <message>
            <source>The picture is too large for a preview.</source>
            <translation>Das Bild ist zu groß für eine Vorschau.</translation>
        </message>
        <message>
            <source>The record lies in a shared file, which is too large or no JSON; its own data is under Metadata.</source>
            <translation>Der Datensatz liegt in einer geteilten Datei, die zu groß oder kein JSON ist; seine eigenen Daten stehen unter „Datensatz“.</translation>
        </message>
        <message>
            <source>The file is empty.</source>
            <translation>Die Datei ist leer.</translation>
        </message>
    </context>
    <context>
        <name>ReportSummary</name>
        <message>
            <source>Backed up %1: %2 in %3, verified.</source>
            <translation>%1 gesichert: %2 in %3, geprüft.</translation>
        </message>
        <message>
            <source>Backed up %1: %2 in %3.</source>
            <translation>%1 gesichert: %2 in %3.</translation>
        </message>
        <message>
            <source>Restored %1: %2 created, %3 replaced, %4 removed.</source>
            <translation>%1 wiederhergestellt: %2 angelegt, %3 ersetzt, %4 entfernt.</translation>
        </message>
        <message>
            <source>Put the earlier data of %1 back: %2 created, %3 replaced, %4 removed.</source>
            <translation>Frühere Daten von %1 zurückgebracht: %2 angelegt, %3 ersetzt, %4 entfernt.</translation>
        </message>
        <message>
            <source>%1 of %2 has ended.</source>
            <translation>%1 von %2 ist beendet.</translation>
        </message>
        <message>
            <source>the reason is not known</source>
            <translation>der Grund ist nicht bekannt</translation>
        </message>
        <message>
            <source>%1 of %2 failed: %3</source>
            <translation>%1 von %2 fehlgeschlagen: %3</translation>
        </message>
        <message>
            <source>Backup of %1 cancelled. The unfinished file was removed; earlier backups are untouched.</source>
            <translation>Sicherung von %1 abgebrochen. Die unfertige Datei wurde entfernt; frühere Sicherungen sind unberührt.</translation>
        </message>
        <message>
            <source>%1 of %2 cancelled. Nothing was changed.</source>
            <translation>%1 von %2 abgebrochen. Nichts wurde geändert.</translation>
        </message>
        <message>
            <source>%1 of %2 cancelled.</source>
            <translation>%1 von %2 abgebrochen.</translation>
        </message>
        <message numerus="yes">
            <source>%1 %n warning(s).</source>
            <translation>
                <numerusform>%1 %n Warnung.</numerusform>
                <numerusform>%1 %n Warnungen.</numerusform>
            </translation>
        </message>
        <message>
            <source>Nothing was changed.</source>
            <translation>Nichts wurde geändert.</translation>
        </message>
        <message>
            <source>What was done could not be taken back whole. Open the data directory again to recover it.</source>
            <translation>Was getan wurde, ließ sich nicht ganz zurücknehmen. Öffnen Sie das Datenverzeichnis erneut, um es in Ordnung zu bringen.</translation>
        </message>
        <message>
            <source>The replaced data is kept in %1.</source>
            <translation>Die ersetzten Daten liegen in %1.</translation>
        </message>
    </context>
    <context>
        <name>ReportView</name>
        <message>
            <source>Archive</source>
            <translation>Archiv</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Entries</source>
            <translation>Einträge</translation>
        </message>
        <message>
            <source>Verified</source>
            <translation>Geprüft</translation>
        </message>
        <message>
            <source>every byte, after writing</source>
            <translation>jedes Byte, nach dem Schreiben</translation>
        </message>
        <message>
            <source>no</source>
            <translation>nein</translation>
        </message>
        <message>
            <source>SHA-256</source>
            <translation>SHA-256</translation>
        </message>
        <message>
            <source>Created</source>
            <translation>Angelegt</translation>
        </message>
        <message>
            <source>Replaced</source>
            <translation>Ersetzt</translation>
        </message>
        <message>
            <source>Removed</source>
            <translation>Entfernt</translation>
        </message>
        <message>
            <source>Kept</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Content</source>
            <translation>Inhalt</translation>
        </message>
        <message>
            <source>Replaced data kept in</source>
            <translation>Ersetzte Daten liegen in</translation>
        </message>
        <message>
            <source>Took</source>
            <translation>Dauer</translation>
        </message>
        <message>
            <source>Notes and warnings</source>
            <translation>Hinweise und Warnungen</translation>
        </message>
        <message>
            <source>Why, and what to do next</source>
            <translation>Warum, und was nun zu tun ist</translation>
        </message>
        <message>
            <source>Manifest</source>
            <translation>Manifest</translation>
        </message>
        <message>
            <source>checked</source>
            <translation>geprüft</translation>
        </message>
        <message>
            <source>none</source>
            <translation>keine</translation>
        </message>
        <message>
            <source>Problems</source>
            <translation>Probleme</translation>
        </message>
        <message>
            <source>Why</source>
            <translation>Warum</translation>
        </message>
        <message>
            <source>What to do next</source>
            <translation>Was nun zu tun ist</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>Protokoll</translation>
        </message>
    </context>
    <context>
        <name>Words</name>
        <message>
            <source>run-time file</source>
            <translation>Laufzeitdatei</translation>
        </message>
        <message>
            <source>differs</source>
            <translation>weicht ab</translation>
        </message>
        <message>
            <source>same</source>
            <translation>gleich</translation>
        </message>
        <message>
            <source>not in the archive</source>
            <translation>nicht im Archiv</translation>
        </message>
        <message>
            <source>not there yet</source>
            <translation>noch nicht da</translation>
        </message>
        <message>
            <source>outside the scope</source>
            <translation>außerhalb des Umfangs</translation>
        </message>
        <message>
            <source>socket or device</source>
            <translation>Socket oder Gerät</translation>
        </message>
        <message>
            <source>cannot be read</source>
            <translation>nicht lesbar</translation>
        </message>
        <message>
            <source>backup folder</source>
            <translation>Sicherungsordner</translation>
        </message>
        <message>
            <source>done</source>
            <translation>erledigt</translation>
        </message>
        <message>
            <source>skipped</source>
            <translation>übersprungen</translation>
        </message>
        <message>
            <source>changed meanwhile</source>
            <translation>inzwischen geändert</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>fehlgeschlagen</translation>
        </message>
        <message>
            <source>Document sessions</source>
            <translation>Dokumentsitzungen</translation>
        </message>
        <message>
            <source>Compose volumes</source>
            <translation>Compose-Volumes</translation>
        </message>
        <message>
            <source>SQLite application</source>
            <translation>SQLite-Anwendung</translation>
        </message>
        <message>
            <source>Entities and vector stores</source>
            <translation>Entitäten und Vektorspeicher</translation>
        </message>
        <message>
            <source>Scene snapshots</source>
            <translation>Szenen-Schnappschüsse</translation>
        </message>
        <message>
            <source>Plain directory</source>
            <translation>Einfaches Verzeichnis</translation>
        </message>
        <message>
            <source>Template</source>
            <translation>Vorlage</translation>
        </message>
        <message>
            <source>Alias</source>
            <translation>Alias</translation>
        </message>
        <message>
            <source>Group</source>
            <translation>Gruppe</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Format</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>Version</translation>
        </message>
        <message>
            <source>Role</source>
            <translation>Rolle</translation>
        </message>
        <message>
            <source>User</source>
            <translation>Benutzer</translation>
        </message>
        <message>
            <source>E-mail</source>
            <translation>E-Mail</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Beschreibung</translation>
        </message>
        <message>
            <source>Expires</source>
            <translation>Läuft ab</translation>
        </message>
        <message>
            <source>Dimension</source>
            <translation>Dimension</translation>
        </message>
        <message>
            <source>Everything</source>
            <translation>Alles</translation>
        </message>
        <message>
            <source>Sessions</source>
            <translation>Sitzungen</translation>
        </message>
        <message>
            <source>Entities</source>
            <translation>Entitäten</translation>
        </message>
        <message>
            <source>Database</source>
            <translation>Datenbank</translation>
        </message>
        <message>
            <source>Secrets</source>
            <translation>Geheimnisse</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>unbekannt</translation>
        </message>
        <message numerus="yes">
            <source>%1 byte(s)</source>
            <translation>
                <numerusform>%1 Byte</numerusform>
                <numerusform>%1 Bytes</numerusform>
            </translation>
        </message>
        <message>
            <source>%1/s</source>
            <comment>speed</comment>
            <translation>%1/s</translation>
        </message>
        <message>
            <source>%1 s</source>
            <comment>seconds</comment>
            <translation>%1 s</translation>
        </message>
        <message>
            <source>%1 min</source>
            <comment>minutes</comment>
            <translation>%1 min</translation>
        </message>
        <message>
            <source>%1 min %2 s</source>
            <comment>minutes and seconds</comment>
            <translation>%1 min %2 s</translation>
        </message>
        <message>
            <source>%1 h %2 min</source>
            <comment>hours and minutes</comment>
            <translation>%1 h %2 min</translation>
        </message>
        <message>
            <source>just now</source>
            <translation>gerade eben</translation>
        </message>
        <message numerus="yes">
            <source>%n minute(s) ago</source>
            <translation>
                <numerusform>vor %n Minute</numerusform>
                <numerusform>vor %n Minuten</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n hour(s) ago</source>
            <translation>
                <numerusform>vor %n Stunde</numerusform>
                <numerusform>vor %n Stunden</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n day(s) ago</source>
            <translation>
                <numerusform>vor %n Tag</numerusform>
                <numerusform>vor %n Tagen</numerusform>
            </translation>
        </message>
        <message>
            <source>Identifier</source>
            <translation>Kennung</translation>
        </message>
        <message>
            <source>Title</source>
            <translation>Titel</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>Created</source>
            <translation>Angelegt</translation>
        </message>
        <message>
            <source>Modified</source>
            <translation>Geändert</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Fragments</source>
            <translation>Fragmente</translation>
        </message>
        <message>
            <source>Messages</source>
            <translation>Nachrichten</translation>
        </message>
        <message>
            <source>Owner</source>
            <translation>Eigentümer</translation>
        </message>
        <message>
            <source>Entity</source>
            <translation>Entität</translation>
        </message>
        <message>
            <source>Documents</source>
            <translation>Dokumente</translation>
        </message>
        <message>
            <source>Chunks</source>
            <translation>Abschnitte</translation>
        </message>
        <message>
            <source>Vectors</source>
            <translation>Vektoren</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Klasse</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Dateien</translation>
        </message>
        <message>
            <source>Path</source>
            <translation>Pfad</translation>
        </message>
        <message>
            <source>Last backup</source>
            <translation>Letzte Sicherung</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Grund</translation>
        </message>
        <message>
            <source>Nodes</source>
            <translation>Knoten</translation>
        </message>
        <message>
            <source>Current</source>
            <translation>Aktuell</translation>
        </message>
        <message>
            <source>Volumes</source>
            <translation>Volumes</translation>
        </message>
        <message>
            <source>Snapshots</source>
            <translation>Schnappschüsse</translation>
        </message>
        <message>
            <source>Session</source>
            <translation>Sitzung</translation>
        </message>
        <message>
            <source>Volume</source>
            <translation>Volume</translation>
        </message>
        <message>
            <source>Snapshot</source>
            <translation>Schnappschuss</translation>
        </message>
        <message>
            <source>OK</source>
            <comment>state of an item</comment>
            <translation>OK</translation>
        </message>
        <message>
            <source>Damaged</source>
            <comment>state of an item</comment>
            <translation>Beschädigt</translation>
        </message>
        <message>
            <source>Locked</source>
            <comment>state of an item</comment>
            <translation>Gesperrt</translation>
        </message>
        <message>
            <source>Deleted</source>
            <comment>state of an item</comment>
            <translation>Gelöscht</translation>
        </message>
        <message>
            <source>Critical</source>
            <comment>class of a volume</comment>
            <translation>Kritisch</translation>
        </message>
        <message>
            <source>Important</source>
            <comment>class of a volume</comment>
            <translation>Wichtig</translation>
        </message>
        <message>
            <source>Regenerable</source>
            <comment>class of a volume</comment>
            <translation>Neu erzeugbar</translation>
        </message>
        <message>
            <source>Optional</source>
            <comment>class of a volume</comment>
            <translation>Verzichtbar</translation>
        </message>
        <message>
            <source>Scanning</source>
            <translation>Lesen</translation>
        </message>
        <message>
            <source>Planning</source>
            <translation>Planen</translation>
        </message>
        <message>
            <source>Reading</source>
            <translation>Lesen</translation>
        </message>
        <message>
            <source>Writing</source>
            <translation>Schreiben</translation>
        </message>
        <message>
            <source>Verifying</source>
            <translation>Prüfen</translation>
        </message>
        <message>
            <source>Staging</source>
            <translation>Bereitstellen</translation>
        </message>
        <message>
            <source>Syncing to disk</source>
            <translation>Auf Platte sichern</translation>
        </message>
        <message>
            <source>Putting in place</source>
            <translation>Einsetzen</translation>
        </message>
        <message>
            <source>Cleaning up</source>
            <translation>Aufräumen</translation>
        </message>
        <message>
            <source>Finishing</source>
            <translation>Abschließen</translation>
        </message>
        <message>
            <source>Queued</source>
            <translation>In der Schlange</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>Wartet</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Läuft</translation>
        </message>
        <message>
            <source>Stopping</source>
            <translation>Wird angehalten</translation>
        </message>
        <message>
            <source>Succeeded</source>
            <translation>Gelungen</translation>
        </message>
        <message>
            <source>Completed with warnings</source>
            <translation>Fertig mit Warnungen</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Fehlgeschlagen</translation>
        </message>
        <message>
            <source>Cancelled</source>
            <translation>Abgebrochen</translation>
        </message>
        <message>
            <source>Backup</source>
            <translation>Sicherung</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>Wiederherstellung</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängigmachen</translation>
        </message>
        <message>
            <source>Recovery</source>
            <translation>Aufräumen nach Unterbrechung</translation>
        </message>
        <message>
            <source>Repair</source>
            <translation>Reparatur</translation>
        </message>
        <message>
            <source>Cleanup</source>
            <translation>Bereinigung</translation>
        </message>
        <message>
            <source>Pruning</source>
            <translation>Ausdünnung</translation>
        </message>
        <message>
            <source>Removed</source>
            <comment>heading of a plan</comment>
            <translation>Entfernt</translation>
        </message>
        <message>
            <source>Replaced</source>
            <comment>heading of a plan</comment>
            <translation>Ersetzt</translation>
        </message>
        <message>
            <source>Created</source>
            <comment>heading of a plan</comment>
            <translation>Angelegt</translation>
        </message>
        <message>
            <source>Kept</source>
            <comment>heading of a plan</comment>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Backed up</source>
            <comment>heading of a plan</comment>
            <translation>Gesichert</translation>
        </message>
        <message>
            <source>Skipped</source>
            <comment>heading of a plan</comment>
            <translation>Ausgelassen</translation>
        </message>
        <message>
            <source>Verified</source>
            <translation>Geprüft</translation>
        </message>
        <message>
            <source>Readable, no manifest</source>
            <translation>Lesbar, ohne Manifest</translation>
        </message>
        <message>
            <source>Damaged</source>
            <comment>verdict on an archive</comment>
            <translation>Beschädigt</translation>
        </message>
        <message>
            <source>Unsafe</source>
            <comment>verdict on an archive</comment>
            <translation>Unsicher</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Hinweis</translation>
        </message>
        <message>
            <source>Warning</source>
            <translation>Warnung</translation>
        </message>
        <message>
            <source>Error</source>
            <translation>Fehler</translation>
        </message>
        <message>
            <source>%1 %2</source>
            <comment>kind and name: Volume media</comment>
            <translation>%1 %2</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>Uploads</source>
            <translation>Hochgeladenes</translation>
        </message>
        <message>
            <source>Documents by the record</source>
            <translation>Dokumente laut Datensatz</translation>
        </message>
        <message>
            <source>Chunks by the record</source>
            <translation>Abschnitte laut Datensatz</translation>
        </message>
        <message>
            <source>Vector index</source>
            <translation>Vektorindex</translation>
        </message>
        <message>
            <source>Vector dimension</source>
            <translation>Vektordimension</translation>
        </message>
        <message>
            <source>Length of the vector index</source>
            <translation>Länge des Vektorindexes</translation>
        </message>
        <message>
            <source>Document store</source>
            <translation>Dokumentspeicher</translation>
        </message>
        <message>
            <source>Entries of the document store</source>
            <translation>Einträge des Dokumentspeichers</translation>
        </message>
        <message>
            <source>Tasks</source>
            <translation>Aufgaben</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>Taste</translation>
        </message>
        <message>
            <source>Conversation</source>
            <translation>Unterhaltung</translation>
        </message>
        <message>
            <source>Document</source>
            <translation>Dokument</translation>
        </message>
        <message>
            <source>Fragment types</source>
            <translation>Fragmentarten</translation>
        </message>
        <message>
            <source>Embedded images</source>
            <translation>Eingebettete Bilder</translation>
        </message>
        <message>
            <source>Template folder</source>
            <translation>Vorlagenordner</translation>
        </message>
        <message>
            <source>Access tokens</source>
            <translation>Zugangstoken</translation>
        </message>
        <message>
            <source>Access tokens of the group</source>
            <translation>Zugangstoken der Gruppe</translation>
        </message>
        <message>
            <source>Access tokens revoked</source>
            <translation>Widerrufene Zugangstoken</translation>
        </message>
        <message>
            <source>Access tokens stored whole</source>
            <translation>Im Klartext gespeicherte Zugangstoken</translation>
        </message>
        <message>
            <source>Updated</source>
            <translation>Aktualisiert</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>Parameter</translation>
        </message>
        <message>
            <source>Problems</source>
            <translation>Probleme</translation>
        </message>
        <message>
            <source>Time taken from</source>
            <translation>Zeit entnommen aus</translation>
        </message>
        <message>
            <source>Local time of the save</source>
            <translation>Ortszeit des Speicherns</translation>
        </message>
        <message>
            <source>Pickle</source>
            <translation>Pickle</translation>
        </message>
        <message>
            <source>Pickle protocol</source>
            <translation>Pickle-Protokoll</translation>
        </message>
        <message>
            <source>Opcodes</source>
            <translation>Opcodes</translation>
        </message>
        <message>
            <source>Classes named</source>
            <translation>Genannte Klassen</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Schlüssel</translation>
        </message>
        <message>
            <source>Initialised</source>
            <translation>Initialisiert</translation>
        </message>
        <message>
            <source>Users at the save</source>
            <translation>Benutzer beim Speichern</translation>
        </message>
        <message>
            <source>Purpose</source>
            <translation>Zweck</translation>
        </message>
        <message>
            <source>Recognised by</source>
            <translation>Erkannt an</translation>
        </message>
        <message>
            <source>Path in the container</source>
            <translation>Pfad im Container</translation>
        </message>
        <message>
            <source>Backup priority</source>
            <translation>Sicherungsvorrang</translation>
        </message>
        <message>
            <source>Content</source>
            <translation>Inhalt</translation>
        </message>
        <message>
            <source>Unreadable entries</source>
            <translation>Nicht lesbare Einträge</translation>
        </message>
        <message>
            <source>Files beside it</source>
            <translation>Dateien daneben</translation>
        </message>
        <message>
            <source>Cluster state</source>
            <translation>Zustand des Clusters</translation>
        </message>
        <message>
            <source>System identifier</source>
            <translation>Systemkennung</translation>
        </message>
        <message>
            <source>PostgreSQL version</source>
            <translation>PostgreSQL-Version</translation>
        </message>
        <message>
            <source>Redis version</source>
            <translation>Redis-Version</translation>
        </message>
        <message>
            <source>Catalog version</source>
            <translation>Katalogversion</translation>
        </message>
        <message>
            <source>Last control update</source>
            <translation>Letzte Kontrollaktualisierung</translation>
        </message>
        <message>
            <source>Checksum of the control file</source>
            <translation>Prüfsumme der Kontrolldatei</translation>
        </message>
        <message>
            <source>Append-only file</source>
            <translation>Append-only-Datei</translation>
        </message>
        <message>
            <source>File copy</source>
            <translation>Dateikopie</translation>
        </message>
        <message>
            <source>Mail accounts</source>
            <translation>E-Mail-Konten</translation>
        </message>
        <message>
            <source>Mail folders</source>
            <translation>E-Mail-Ordner</translation>
        </message>
        <message>
            <source>Contacts</source>
            <translation>Kontakte</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>Termine</translation>
        </message>
        <message>
            <source>Users</source>
            <translation>Benutzer</translation>
        </message>
        <message>
            <source>Device</source>
            <translation>Gerät</translation>
        </message>
        <message>
            <source>Expired</source>
            <translation>Abgelaufen</translation>
        </message>
        <message>
            <source>another kind of file</source>
            <translation>andere Art von Datei</translation>
        </message>
        <message>
            <source>link leads elsewhere</source>
            <translation>Verknüpfung führt woandershin</translation>
        </message>
        <message>
            <source>size differs</source>
            <translation>Größe weicht ab</translation>
        </message>
        <message>
            <source>content differs</source>
            <translation>Inhalt weicht ab</translation>
        </message>
        <message>
            <source>permissions differ</source>
            <translation>Rechte weichen ab</translation>
        </message>
        <message>
            <source>left by an interrupted operation</source>
            <translation>Rest eines unterbrochenen Vorgangs</translation>
        </message>
        <message>
            <source>put back</source>
            <translation>wird zurückgebracht</translation>
        </message>
        <message>
            <source>was not there before</source>
            <translation>war vorher nicht da</translation>
        </message>
    </context>
    <context>
        <name>main</name>
        <message>
            <source>Opens data directories, or the restore plan of an archive.</source>
            <translation>Öffnet Datenverzeichnisse oder den Wiederherstellungsplan eines Archivs.</translation>
        </message>
        <message>
            <source>Start with this view: overview, backups, sessions, entities, volumes or snapshots.</source>
            <translation>Mit dieser Ansicht beginnen: overview, backups, sessions, entities, volumes oder snapshots.</translation>
        </message>
        <message>
            <source>Open a window of its own.</source>
            <translation>Ein eigenes Fenster öffnen.</translation>
        </message>
        <message>
            <source>Keep settings in this folder.</source>
            <translation>Einstellungen in diesem Ordner halten.</translation>
        </message>
        <message>
            <source>Forget the arrangement of window, panes and columns.</source>
            <translation>Die Anordnung von Fenster, Bereichen und Spalten vergessen.</translation>
        </message>
        <message>
            <source>Colours: system, light or dark.</source>
            <translation>Farben: system, light oder dark.</translation>
        </message>
        <message>
            <source>Data directories to open, or one archive to restore.</source>
            <translation>Datenverzeichnisse zum Öffnen oder ein Archiv zum Wiederherstellen.</translation>
        </message>
    </context>
    <context>
        <name>strongroom::app::Application</name>
        <message>
            <source>Write sample data</source>
            <translation>Beispieldaten schreiben</translation>
        </message>
        <message>
            <source>The sample data could not be written. %1</source>
            <translation>Die Beispieldaten konnten nicht geschrieben werden. %1</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::ArchivesModel</name>
        <message>
            <source>Last verified %1</source>
            <translation>Zuletzt geprüft: %1</translation>
        </message>
        <message>
            <source>Never verified here</source>
            <translation>Hier noch nie geprüft</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Zeit</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Data directory</source>
            <translation>Datenverzeichnis</translation>
        </message>
        <message>
            <source>Layout</source>
            <translation>Aufbau</translation>
        </message>
        <message>
            <source>Scope</source>
            <translation>Umfang</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Verified</source>
            <translation>Geprüft</translation>
        </message>
        <message>
            <source>Age</source>
            <translation>Alter</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::CatalogModel</name>
        <message>
            <source>yes</source>
            <translation>ja</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::FactsModel</name>
        <message>
            <source>%1 does not exist</source>
            <translation>%1 gibt es nicht</translation>
        </message>
        <message>
            <source>Property</source>
            <translation>Eigenschaft</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Wert</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::FindingsModel</name>
        <message>
            <source>Severity</source>
            <translation>Schwere</translation>
        </message>
        <message>
            <source>Object</source>
            <translation>Objekt</translation>
        </message>
        <message>
            <source>Problem</source>
            <translation>Problem</translation>
        </message>
        <message>
            <source>Suggested repair</source>
            <translation>Vorgeschlagene Reparatur</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::JobsModel</name>
        <message>
            <source>waiting for: %1</source>
            <translation>wartet auf: %1</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <comment>phase and file</comment>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>%1 %</source>
            <translation>%1 %</translation>
        </message>
        <message>
            <source>Job</source>
            <translation>Auftrag</translation>
        </message>
        <message>
            <source>Data directory</source>
            <translation>Datenverzeichnis</translation>
        </message>
        <message>
            <source>Current</source>
            <translation>Aktuell</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>Fortschritt</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>Tempo</translation>
        </message>
        <message>
            <source>Remaining</source>
            <translation>Restzeit</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>Finished</source>
            <translation>Beendet</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::MetadataModel</name>
        <message numerus="yes">
            <source>%n member(s)</source>
            <translation>
                <numerusform>%n Eintrag</numerusform>
                <numerusform>%n Einträge</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n element(s)</source>
            <translation>
                <numerusform>%n Element</numerusform>
                <numerusform>%n Elemente</numerusform>
            </translation>
        </message>
        <message>
            <source>Key</source>
            <translation>Schlüssel</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Wert</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::NavigationModel</name>
        <message>
            <source>Overview</source>
            <translation>Übersicht</translation>
        </message>
        <message>
            <source>Backups</source>
            <translation>Sicherungen</translation>
        </message>
        <message>
            <source>Integrity</source>
            <translation>Integrität</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::OverviewModel</name>
        <message>
            <source>Opening</source>
            <translation>Wird geöffnet</translation>
        </message>
        <message>
            <source>Scanning</source>
            <translation>Wird gelesen</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Fehlgeschlagen</translation>
        </message>
        <message numerus="yes">
            <source>%n problem(s)</source>
            <translation>
                <numerusform>%n Problem</numerusform>
                <numerusform>%n Probleme</numerusform>
            </translation>
        </message>
        <message>
            <source>Layout unclear</source>
            <translation>Aufbau unklar</translation>
        </message>
        <message>
            <source>No verified backup</source>
            <translation>Keine geprüfte Sicherung</translation>
        </message>
        <message>
            <source>Good</source>
            <translation>Gut</translation>
        </message>
        <message>
            <source>never</source>
            <translation>nie</translation>
        </message>
        <message>
            <source>Data directory</source>
            <translation>Datenverzeichnis</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>Layout</source>
            <translation>Aufbau</translation>
        </message>
        <message>
            <source>Items</source>
            <translation>Objekte</translation>
        </message>
        <message>
            <source>Problems</source>
            <translation>Probleme</translation>
        </message>
        <message>
            <source>Last verified backup</source>
            <translation>Letzte geprüfte Sicherung</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Free space</source>
            <translation>Freier Platz</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::PartsModel</name>
        <message>
            <source>%1 → %2</source>
            <comment>file and record</comment>
            <translation>%1 → %2</translation>
        </message>
        <message>
            <source>%1, shared with other items</source>
            <translation>%1, mit anderen Objekten geteilt</translation>
        </message>
        <message>
            <source>Part</source>
            <translation>Teil</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Modified</source>
            <translation>Geändert</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::PlanModel</name>
        <message numerus="yes">
            <source>%1: %n entry(s)</source>
            <comment>verb and number of files</comment>
            <translation>
                <numerusform>%1: %n Eintrag</numerusform>
                <numerusform>%1: %n Einträge</numerusform>
            </translation>
        </message>
        <message>
            <source>What</source>
            <translation>Was</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Grund</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::Preview</name>
        <message>
            <source>Preview %1</source>
            <translation>Vorschau von %1</translation>
        </message>
    </context>
    <context>
        <name>strongroom::models::Workspace</name>
        <message>
            <source>Recover %1</source>
            <translation>%1 in Ordnung bringen</translation>
        </message>
        <message>
            <source>Open %1</source>
            <translation>%1 öffnen</translation>
        </message>
        <message>
            <source>Scan %1</source>
            <translation>%1 lesen</translation>
        </message>
        <message>
            <source>Measure %1</source>
            <translation>%1 vermessen</translation>
        </message>
        <message>
            <source>List %1</source>
            <translation>%1 auflisten</translation>
        </message>
        <message>
            <source>Read %1</source>
            <translation>%1 lesen</translation>
        </message>
        <message>
            <source>Create %1</source>
            <translation>%1 anlegen</translation>
        </message>
        <message>
            <source>Plan a backup of %1</source>
            <translation>Sicherung von %1 planen</translation>
        </message>
        <message>
            <source>Back up %1</source>
            <translation>%1 sichern</translation>
        </message>
        <message>
            <source>Verify %1</source>
            <translation>%1 prüfen</translation>
        </message>
        <message>
            <source>Check %1 for a restore</source>
            <translation>%1 für eine Wiederherstellung prüfen</translation>
        </message>
        <message>
            <source>Restore %1</source>
            <translation>%1 wiederherstellen</translation>
        </message>
        <message>
            <source>Plan an undo of %1</source>
            <translation>Rückgängigmachen in %1 planen</translation>
        </message>
        <message>
            <source>Undo in %1</source>
            <translation>In %1 rückgängig machen</translation>
        </message>
        <message>
            <source>Look at what was dropped</source>
            <translation>Abgelegtes ansehen</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::Actions</name>
        <message>
            <source>%1 (%2)</source>
            <comment>action and its key</comment>
            <translation>%1 (%2)</translation>
        </message>
        <message>
            <source>&amp;Open Data Directory...</source>
            <translation>Datenverzeichnis ö&amp;ffnen...</translation>
        </message>
        <message>
            <source>Opens a data directory and lists what is in it. Nothing in it is changed.</source>
            <translation>Öffnet ein Datenverzeichnis und zeigt, was darin ist. Darin wird nichts geändert.</translation>
        </message>
        <message>
            <source>&amp;Close Data Directory</source>
            <translation>Datenverzeichnis s&amp;chließen</translation>
        </message>
        <message>
            <source>Takes the data directory off the list. Its files stay as they are.</source>
            <translation>Nimmt das Datenverzeichnis von der Liste. Seine Dateien bleiben, wie sie sind.</translation>
        </message>
        <message>
            <source>&amp;Quit</source>
            <translation>&amp;Beenden</translation>
        </message>
        <message>
            <source>Closes the window.</source>
            <translation>Schließt das Fenster.</translation>
        </message>
        <message>
            <source>&amp;Undo Last Restore...</source>
            <translation>Letzte Wiederherstellung &amp;rückgängig machen...</translation>
        </message>
        <message>
            <source>Puts back what the last restore replaced. A plan is shown first.</source>
            <translation>Bringt zurück, was die letzte Wiederherstellung ersetzt hat. Vorher wird ein Plan gezeigt.</translation>
        </message>
        <message>
            <source>&amp;Copy</source>
            <translation>&amp;Kopieren</translation>
        </message>
        <message>
            <source>Copies the selected rows as text.</source>
            <translation>Kopiert die ausgewählten Zeilen als Text.</translation>
        </message>
        <message>
            <source>Copy Pat&amp;h</source>
            <translation>&amp;Pfad kopieren</translation>
        </message>
        <message>
            <source>Copies the path of what is selected.</source>
            <translation>Kopiert den Pfad des Ausgewählten.</translation>
        </message>
        <message>
            <source>&amp;Paste</source>
            <translation>&amp;Einfügen</translation>
        </message>
        <message>
            <source>Opens the folder or plans the restore of the backup that was copied in a file manager.</source>
            <translation>Öffnet den Ordner oder plant die Wiederherstellung der Sicherung, die in einer Dateiverwaltung kopiert wurde.</translation>
        </message>
        <message>
            <source>Select &amp;All</source>
            <translation>&amp;Alles auswählen</translation>
        </message>
        <message>
            <source>Selects every row that is shown.</source>
            <translation>Wählt alle gezeigten Zeilen aus.</translation>
        </message>
        <message>
            <source>&amp;Invert Selection</source>
            <translation>Auswahl &amp;umkehren</translation>
        </message>
        <message>
            <source>Selects the rows that are not selected.</source>
            <translation>Wählt die Zeilen aus, die nicht ausgewählt sind.</translation>
        </message>
        <message>
            <source>&amp;Find in View</source>
            <translation>In der Ansicht &amp;suchen</translation>
        </message>
        <message>
            <source>Filters the table as you type.</source>
            <translation>Filtert die Tabelle beim Tippen.</translation>
        </message>
        <message>
            <source>&amp;Navigation</source>
            <translation>&amp;Navigation</translation>
        </message>
        <message>
            <source>Shows or hides the list of data directories.</source>
            <translation>Zeigt oder verbirgt die Liste der Datenverzeichnisse.</translation>
        </message>
        <message>
            <source>&amp;Information</source>
            <translation>&amp;Informationen</translation>
        </message>
        <message>
            <source>Shows or hides the details of what is selected.</source>
            <translation>Zeigt oder verbirgt die Einzelheiten zum Ausgewählten.</translation>
        </message>
        <message>
            <source>&amp;Activity</source>
            <translation>A&amp;ktivität</translation>
        </message>
        <message>
            <source>Shows or hides the jobs and their reports.</source>
            <translation>Zeigt oder verbirgt die Aufträge und ihre Berichte.</translation>
        </message>
        <message>
            <source>&amp;Refresh</source>
            <translation>&amp;Aktualisieren</translation>
        </message>
        <message>
            <source>Looks at the disk again.</source>
            <translation>Sieht erneut auf der Platte nach.</translation>
        </message>
        <message>
            <source>Ne&amp;xt Pane</source>
            <translation>Nä&amp;chster Bereich</translation>
        </message>
        <message>
            <source>Moves the keyboard to the next pane.</source>
            <translation>Setzt die Tastatur in den nächsten Bereich.</translation>
        </message>
        <message>
            <source>Pre&amp;vious Pane</source>
            <translation>V&amp;origer Bereich</translation>
        </message>
        <message>
            <source>Moves the keyboard to the pane before.</source>
            <translation>Setzt die Tastatur in den vorigen Bereich.</translation>
        </message>
        <message>
            <source>&amp;Full Screen</source>
            <translation>&amp;Vollbild</translation>
        </message>
        <message>
            <source>Fills the screen with the window.</source>
            <translation>Füllt den Bildschirm mit dem Fenster.</translation>
        </message>
        <message>
            <source>&amp;Menu Bar</source>
            <translation>&amp;Menüleiste</translation>
        </message>
        <message>
            <source>Shows or hides the menu bar. This key brings it back.</source>
            <translation>Zeigt oder verbirgt die Menüleiste. Diese Taste holt sie zurück.</translation>
        </message>
        <message>
            <source>&amp;Back Up Now...</source>
            <translation>Jetzt &amp;sichern...</translation>
        </message>
        <message>
            <source>Writes a verified archive of the data directory. A plan is shown first.</source>
            <translation>Schreibt ein geprüftes Archiv des Datenverzeichnisses. Vorher wird ein Plan gezeigt.</translation>
        </message>
        <message>
            <source>Back Up &amp;Selection...</source>
            <translation>&amp;Auswahl sichern...</translation>
        </message>
        <message>
            <source>Writes a verified archive of the selected volumes. A plan is shown first.</source>
            <translation>Schreibt ein geprüftes Archiv der ausgewählten Volumes. Vorher wird ein Plan gezeigt.</translation>
        </message>
        <message>
            <source>&amp;Verify Backup</source>
            <translation>Sicherung &amp;prüfen</translation>
        </message>
        <message>
            <source>Reads every byte of the backup and checks it. Changes nothing.</source>
            <translation>Liest jedes Byte der Sicherung und prüft es. Ändert nichts.</translation>
        </message>
        <message>
            <source>Backup &amp;Folder...</source>
            <translation>Sicherungs&amp;ordner...</translation>
        </message>
        <message>
            <source>Chooses where the backups of this data directory are.</source>
            <translation>Wählt, wo die Sicherungen dieses Datenverzeichnisses liegen.</translation>
        </message>
        <message>
            <source>&amp;Restore...</source>
            <translation>&amp;Wiederherstellen...</translation>
        </message>
        <message>
            <source>Brings back the data of a backup. It is verified first, and a plan is shown before anything changes.</source>
            <translation>Bringt die Daten einer Sicherung zurück. Sie wird zuerst geprüft, und bevor sich etwas ändert, wird ein Plan gezeigt.</translation>
        </message>
        <message>
            <source>Restore As &amp;Copy...</source>
            <translation>Als &amp;Kopie wiederherstellen...</translation>
        </message>
        <message>
            <source>Restores a backup into a new folder beside the data directory. Nothing is replaced.</source>
            <translation>Stellt eine Sicherung in einen neuen Ordner neben dem Datenverzeichnis wieder her. Nichts wird ersetzt.</translation>
        </message>
        <message>
            <source>&amp;Cancel Job</source>
            <translation>Auftrag &amp;abbrechen</translation>
        </message>
        <message>
            <source>Stops the selected job. What it left unfinished is removed.</source>
            <translation>Hält den ausgewählten Auftrag an. Unfertiges wird entfernt.</translation>
        </message>
        <message>
            <source>Cancel &amp;All Jobs...</source>
            <translation>A&amp;lle Aufträge abbrechen...</translation>
        </message>
        <message>
            <source>Stops every job that runs or waits.</source>
            <translation>Hält jeden Auftrag an, der läuft oder wartet.</translation>
        </message>
        <message>
            <source>Clear &amp;History</source>
            <translation>&amp;Verlauf leeren</translation>
        </message>
        <message>
            <source>Takes finished jobs off the Activity list.</source>
            <translation>Nimmt beendete Aufträge von der Aktivitätsliste.</translation>
        </message>
        <message>
            <source>&amp;Keyboard Shortcuts</source>
            <translation>&amp;Tastenkürzel</translation>
        </message>
        <message>
            <source>Lists every action and its key.</source>
            <translation>Zeigt jede Aktion und ihre Taste.</translation>
        </message>
        <message>
            <source>&amp;What's This?</source>
            <translation>&amp;Was ist das?</translation>
        </message>
        <message>
            <source>Explains what you click next.</source>
            <translation>Erklärt, was Sie als Nächstes anklicken.</translation>
        </message>
        <message>
            <source>&amp;About Strongroom</source>
            <translation>Ü&amp;ber Strongroom</translation>
        </message>
        <message>
            <source>Version, licence and where to find help.</source>
            <translation>Version, Lizenz und wo es Hilfe gibt.</translation>
        </message>
        <message>
            <source>&amp;File</source>
            <translation>&amp;Datei</translation>
        </message>
        <message>
            <source>Open &amp;Recent</source>
            <translation>&amp;Zuletzt geöffnet</translation>
        </message>
        <message>
            <source>&amp;Edit</source>
            <translation>&amp;Bearbeiten</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>&amp;Ansicht</translation>
        </message>
        <message>
            <source>&amp;Backup</source>
            <translation>&amp;Sicherung</translation>
        </message>
        <message>
            <source>&amp;Restore</source>
            <translation>&amp;Wiederherstellen</translation>
        </message>
        <message>
            <source>&amp;Tools</source>
            <translation>E&amp;xtras</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>&amp;Hilfe</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Back Up</source>
            <translation>Sichern</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>Wiederherstellen</translation>
        </message>
        <message>
            <source>Verify</source>
            <translation>Prüfen</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Refresh</source>
            <translation>Aktualisieren</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::ActivityPane</name>
        <message>
            <source>Jobs</source>
            <translation>Aufträge</translation>
        </message>
        <message>
            <source>Running: %1   Waiting: %2</source>
            <translation>Laufend: %1   Wartend: %2</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::BackupDialog</name>
        <message>
            <source>&amp;Keep for good (pin)</source>
            <translation>&amp;Dauerhaft behalten (anheften)</translation>
        </message>
        <message>
            <source>R&amp;ead everything again</source>
            <translation>Alles n&amp;eu lesen</translation>
        </message>
        <message>
            <source>What has not changed since the last backup is otherwise taken over from its archive. Either way the new archive is whole.</source>
            <translation>Was sich seit der letzten Sicherung nicht geändert hat, wird sonst aus deren Archiv übernommen. Das neue Archiv ist in jedem Fall vollständig.</translation>
        </message>
        <message>
            <source>Create Folder</source>
            <translation>Ordner anlegen</translation>
        </message>
        <message>
            <source>Choose Folder...</source>
            <translation>Ordner wählen...</translation>
        </message>
        <message>
            <source>Back up %1</source>
            <translation>%1 sichern</translation>
        </message>
        <message>
            <source>not chosen yet</source>
            <translation>noch nicht gewählt</translation>
        </message>
        <message>
            <source>C&amp;hoose...</source>
            <translation>&amp;Wählen...</translation>
        </message>
        <message>
            <source>Choose the backup folder</source>
            <translation>Sicherungsordner wählen</translation>
        </message>
        <message>
            <source>tar.gz: opens everywhere</source>
            <translation>tar.gz: lässt sich überall öffnen</translation>
        </message>
        <message>
            <source>tar.zst: smaller and faster</source>
            <translation>tar.zst: kleiner und schneller</translation>
        </message>
        <message>
            <source>Why this backup was made (optional)</source>
            <translation>Wozu diese Sicherung dient (freiwillig)</translation>
        </message>
        <message>
            <source>&amp;What:</source>
            <translation>W&amp;as:</translation>
        </message>
        <message>
            <source>&amp;Folder:</source>
            <translation>&amp;Ordner:</translation>
        </message>
        <message>
            <source>Fo&amp;rmat:</source>
            <translation>&amp;Format:</translation>
        </message>
        <message>
            <source>&amp;Note:</source>
            <translation>&amp;Notiz:</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>&amp;Back Up</source>
            <translation>&amp;Sichern</translation>
        </message>
        <message>
            <source>Selected volumes: %1</source>
            <translation>Ausgewählte Volumes: %1</translation>
        </message>
        <message>
            <source>Backup Folder</source>
            <translation>Sicherungsordner</translation>
        </message>
        <message>
            <source>Creating the folder...</source>
            <translation>Der Ordner wird angelegt...</translation>
        </message>
        <message>
            <source>Choose a folder for the backup.</source>
            <translation>Wählen Sie einen Ordner für die Sicherung.</translation>
        </message>
        <message>
            <source>Best on another disk than the data.</source>
            <translation>Am besten auf einer anderen Platte als die Daten.</translation>
        </message>
        <message>
            <source>Looking at what there is to back up...</source>
            <translation>Es wird nachgesehen, was zu sichern ist...</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::BackupsPage</name>
        <message>
            <source>Backups</source>
            <translation>Sicherungen</translation>
        </message>
        <message>
            <source>No backups of %1. Its data exists only once.</source>
            <translation>Keine Sicherungen von %1. Diese Daten gibt es nur einmal.</translation>
        </message>
        <message>
            <source>No backups yet.</source>
            <translation>Noch keine Sicherungen.</translation>
        </message>
        <message>
            <source>No backup folder is known yet.</source>
            <translation>Noch ist kein Sicherungsordner bekannt.</translation>
        </message>
        <message>
            <source>Looked in: %1</source>
            <translation>Nachgesehen in: %1</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::DropTarget</name>
        <message>
            <source>Only files and folders of this computer can be dropped here.</source>
            <translation>Hier lassen sich nur Dateien und Ordner dieses Rechners ablegen.</translation>
        </message>
        <message>
            <source>Answer the open question first.</source>
            <translation>Bitte zuerst die offene Frage beantworten.</translation>
        </message>
        <message numerus="yes">
            <source>%n folder(s)</source>
            <translation>
                <numerusform>%n Ordner</numerusform>
                <numerusform>%n Ordner</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::EmptyState</name>
        <message>
            <source>Busy</source>
            <translation>Beschäftigt</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::FactSheet</name>
        <message>
            <source>Details</source>
            <translation>Einzelheiten</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::FindingsPage</name>
        <message>
            <source>Integrity</source>
            <translation>Integrität</translation>
        </message>
        <message>
            <source>Reading %1...</source>
            <translation>%1 wird gelesen...</translation>
        </message>
        <message>
            <source>No problems seen.</source>
            <translation>Keine Probleme gesehen.</translation>
        </message>
        <message>
            <source>Reading the data directory showed nothing unusual.</source>
            <translation>Beim Lesen des Datenverzeichnisses fiel nichts Ungewöhnliches auf.</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::InformationPane</name>
        <message>
            <source>Summary</source>
            <translation>Überblick</translation>
        </message>
        <message>
            <source>Files and records</source>
            <translation>Dateien und Datensätze</translation>
        </message>
        <message>
            <source>Record</source>
            <translation>Datensatz</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>Einzelheiten</translation>
        </message>
        <message>
            <source>&amp;Summary</source>
            <translation>Überbl&amp;ick</translation>
        </message>
        <message>
            <source>Fi&amp;les</source>
            <translation>Da&amp;teien</translation>
        </message>
        <message>
            <source>Recor&amp;d</source>
            <translation>Datensat&amp;z</translation>
        </message>
        <message>
            <source>Nothing is selected.</source>
            <translation>Nichts ist ausgewählt.</translation>
        </message>
        <message>
            <source>Details of what you select appear here.</source>
            <translation>Hier erscheinen die Einzelheiten zu dem, was Sie auswählen.</translation>
        </message>
        <message>
            <source>%1 · %2</source>
            <comment>kind of item, and its state</comment>
            <translation>%1 · %2</translation>
        </message>
        <message>
            <source>Fi&amp;les (%1)</source>
            <translation>Da&amp;teien (%1)</translation>
        </message>
        <message>
            <source>Not verified yet</source>
            <translation>Noch nicht geprüft</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>Erstellt</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>Layout</source>
            <translation>Aufbau</translation>
        </message>
        <message>
            <source>Scope</source>
            <translation>Umfang</translation>
        </message>
        <message>
            <source>Made of</source>
            <translation>Erstellt aus</translation>
        </message>
        <message>
            <source>Verified</source>
            <translation>Geprüft</translation>
        </message>
        <message>
            <source>never</source>
            <translation>nie</translation>
        </message>
        <message>
            <source>Manifest</source>
            <translation>Manifest</translation>
        </message>
        <message>
            <source>yes</source>
            <translation>ja</translation>
        </message>
        <message>
            <source>none: made by another tool</source>
            <translation>keines: von einem anderen Werkzeug</translation>
        </message>
        <message>
            <source>Pinned</source>
            <translation>Angeheftet</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Notiz</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Path</source>
            <translation>Pfad</translation>
        </message>
        <message>
            <source>%1, %2 of 100</source>
            <comment>layout and how sure</comment>
            <translation>%1, %2 von 100</translation>
        </message>
        <message>
            <source>Evidence</source>
            <translation>Belege</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Dateien</translation>
        </message>
        <message>
            <source>Free space</source>
            <translation>Freier Platz</translation>
        </message>
        <message>
            <source>Backup folder</source>
            <translation>Sicherungsordner</translation>
        </message>
        <message>
            <source>none known</source>
            <translation>keiner bekannt</translation>
        </message>
        <message>
            <source>Last verified backup</source>
            <translation>Letzte geprüfte Sicherung</translation>
        </message>
        <message>
            <source>none</source>
            <translation>keine</translation>
        </message>
        <message>
            <source>Undo would put back</source>
            <translation>Rückgängig brächte zurück</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::MainWindow</name>
        <message>
            <source>Strongroom</source>
            <translation>Strongroom</translation>
        </message>
        <message>
            <source>Writes made-up data of every layout into a folder of its own and opens it.</source>
            <translation>Schreibt erfundene Daten jedes Aufbaus in einen eigenen Ordner und öffnet sie.</translation>
        </message>
        <message>
            <source>Navigation</source>
            <translation>Navigation</translation>
        </message>
        <message>
            <source>Information</source>
            <translation>Informationen</translation>
        </message>
        <message>
            <source>Activity</source>
            <translation>Aktivität</translation>
        </message>
        <message>
            <source>Toolbar</source>
            <translation>Werkzeugleiste</translation>
        </message>
        <message numerus="yes">
            <source>%n selected</source>
            <translation>
                <numerusform>%n ausgewählt</numerusform>
                <numerusform>%n ausgewählt</numerusform>
            </translation>
        </message>
        <message>
            <source>%1, %2</source>
            <comment>3 selected, 41 MB</comment>
            <translation>%1, %2</translation>
        </message>
        <message>
            <source>%1 free</source>
            <translation>%1 frei</translation>
        </message>
        <message numerus="yes">
            <source>%n job(s)</source>
            <translation>
                <numerusform>%n Auftrag</numerusform>
                <numerusform>%n Aufträge</numerusform>
            </translation>
        </message>
        <message>
            <source>Jobs are still writing</source>
            <translation>Es wird noch geschrieben</translation>
        </message>
        <message>
            <source>&amp;A job that is cancelled leaves everything as it was.</source>
            <translation>&amp;Ein abgebrochener Auftrag lässt alles, wie es war.</translation>
        </message>
        <message>
            <source>Don't quit</source>
            <translation>Nicht beenden</translation>
        </message>
        <message>
            <source>Cancel jobs and quit</source>
            <translation>Aufträge abbrechen und beenden</translation>
        </message>
        <message>
            <source>Nothing to open is on the clipboard: copy a folder or a backup in a file manager first.</source>
            <translation>In der Zwischenablage ist nichts zum Öffnen: Kopieren Sie zuerst in einer Dateiverwaltung einen Ordner oder eine Sicherung.</translation>
        </message>
        <message>
            <source>Copied: %1</source>
            <translation>Kopiert: %1</translation>
        </message>
        <message>
            <source>Cancel all jobs?</source>
            <translation>Alle Aufträge abbrechen?</translation>
        </message>
        <message>
            <source>&amp;What has not been finished is removed or taken back; what was finished stays.</source>
            <translation>&amp;Unfertiges wird entfernt oder zurückgenommen; was fertig ist, bleibt.</translation>
        </message>
        <message>
            <source>Keep them running</source>
            <translation>Weiterlaufen lassen</translation>
        </message>
        <message>
            <source>Cancel all jobs</source>
            <translation>Alle Aufträge abbrechen</translation>
        </message>
        <message>
            <source>Open folder “%1”</source>
            <translation>Ordner „%1“ öffnen</translation>
        </message>
        <message numerus="yes">
            <source>Open %n folder(s)</source>
            <translation>
                <numerusform>%n Ordner öffnen</numerusform>
                <numerusform>%n Ordner öffnen</numerusform>
            </translation>
        </message>
        <message>
            <source>Restore “%1”...</source>
            <translation>„%1“ wiederherstellen...</translation>
        </message>
        <message>
            <source>Restore “%1” into %2...</source>
            <translation>„%1“ in %2 wiederherstellen...</translation>
        </message>
        <message>
            <source>Try Sample &amp;Data</source>
            <translation>Beispieldaten aus&amp;probieren</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::MessageBar</name>
        <message>
            <source>Close this message</source>
            <translation>Diese Meldung schließen</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::NavigationPane</name>
        <message>
            <source>Navigation</source>
            <translation>Navigation</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::ObjectsPage</name>
        <message>
            <source>Reading %1...</source>
            <translation>%1 wird gelesen...</translation>
        </message>
        <message>
            <source>%1: none yet.</source>
            <comment>kind of item</comment>
            <translation>%1: noch keine.</translation>
        </message>
        <message>
            <source>%1 was read; nothing of this kind is in it.</source>
            <translation>%1 wurde gelesen; davon ist nichts darin.</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::Operations</name>
        <message>
            <source>Reading %1: every byte is checked before anything is changed.</source>
            <translation>%1 wird gelesen: Jedes Byte wird geprüft, bevor sich etwas ändert.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>%1: what an interrupted operation left could not be cleaned up. %2</source>
            <translation>%1: Was ein unterbrochener Vorgang hinterließ, konnte nicht aufgeräumt werden. %2</translation>
        </message>
        <message>
            <source>Open Data Directory</source>
            <translation>Datenverzeichnis öffnen</translation>
        </message>
        <message>
            <source>Backup Folder of %1</source>
            <translation>Sicherungsordner von %1</translation>
        </message>
        <message>
            <source>Backing up %1. Progress is in Activity.</source>
            <translation>%1 wird gesichert. Den Fortschritt zeigt die Aktivität.</translation>
        </message>
        <message>
            <source>Verifying %1. Progress is in Activity.</source>
            <translation>%1 wird geprüft. Den Fortschritt zeigt die Aktivität.</translation>
        </message>
        <message>
            <source>Restore From Backup</source>
            <translation>Aus Sicherung wiederherstellen</translation>
        </message>
        <message>
            <source>Restore “%1”</source>
            <translation>„%1“ wiederherstellen</translation>
        </message>
        <message>
            <source>&amp;Where shall it be restored to? A plan is shown before anything is written.</source>
            <translation>&amp;Wohin soll wiederhergestellt werden? Bevor etwas geschrieben wird, wird ein Plan gezeigt.</translation>
        </message>
        <message>
            <source>A new folder beside the backup</source>
            <translation>Ein neuer Ordner neben der Sicherung</translation>
        </message>
        <message>
            <source>Another folder...</source>
            <translation>Ein anderer Ordner...</translation>
        </message>
        <message>
            <source>Restore Into</source>
            <translation>Wiederherstellen in</translation>
        </message>
        <message>
            <source>Reading %1...</source>
            <translation>%1 wird gelesen...</translation>
        </message>
        <message>
            <source>&amp;Undo...</source>
            <translation>&amp;Rückgängig...</translation>
        </message>
        <message>
            <source>&amp;Open It</source>
            <translation>Ö&amp;ffnen</translation>
        </message>
        <message>
            <source>Try &amp;Again...</source>
            <translation>&amp;Erneut versuchen...</translation>
        </message>
        <message>
            <source>%1: %2. Entries: %3, content: %4.</source>
            <comment>archive: verdict</comment>
            <translation>%1: %2. Einträge: %3, Inhalt: %4.</translation>
        </message>
        <message>
            <source>%1 was not restored. %2</source>
            <comment>archive; why</comment>
            <translation>%1 wurde nicht wiederhergestellt. %2</translation>
        </message>
        <message>
            <source>Choose &amp;Destination...</source>
            <translation>&amp;Ziel wählen...</translation>
        </message>
        <message>
            <source>Try &amp;Again</source>
            <translation>&amp;Erneut versuchen</translation>
        </message>
        <message>
            <source>%1 could not be verified. %2</source>
            <comment>archive; why</comment>
            <translation>%1 konnte nicht geprüft werden. %2</translation>
        </message>
        <message>
            <source>%1 could not be opened. %2</source>
            <comment>folder; why</comment>
            <translation>%1 konnte nicht geöffnet werden. %2</translation>
        </message>
        <message>
            <source>&amp;Close It</source>
            <translation>S&amp;chließen</translation>
        </message>
        <message>
            <source>An interrupted operation was finished: %1</source>
            <translation>Ein unterbrochener Vorgang wurde beendet: %1</translation>
        </message>
        <message>
            <source>An interrupted operation was taken back: %1</source>
            <translation>Ein unterbrochener Vorgang wurde zurückgenommen: %1</translation>
        </message>
        <message>
            <source>What an interrupted operation left was removed: %1</source>
            <translation>Was ein unterbrochener Vorgang hinterließ, wurde entfernt: %1</translation>
        </message>
        <message>
            <source>%1 was put in order after an interruption.</source>
            <translation>%1 wurde nach einer Unterbrechung in Ordnung gebracht.</translation>
        </message>
        <message>
            <source>Back Up</source>
            <translation>Sichern</translation>
        </message>
        <message>
            <source>&amp;Which data directory shall be backed up?</source>
            <translation>&amp;Welches Datenverzeichnis soll gesichert werden?</translation>
        </message>
        <message>
            <source>Sho&amp;w Report</source>
            <translation>Bericht zei&amp;gen</translation>
        </message>
        <message>
            <source>That passphrase does not open %1: it is not the one the archive was made with, or the encrypted data are damaged.</source>
            <translation>Diese Passphrase öffnet %1 nicht: Sie ist nicht die, mit der das Archiv gemacht wurde, oder die verschlüsselten Daten sind beschädigt.</translation>
        </message>
        <message>
            <source>%1 is encrypted. Its passphrase is needed to read it; it is not kept.</source>
            <translation>%1 ist verschlüsselt. Zum Lesen wird die Passphrase gebraucht; sie wird nicht aufbewahrt.</translation>
        </message>
        <message>
            <source>Passphrase for “%1”</source>
            <translation>Passphrase für „%1“</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::OverviewCard</name>
        <message>
            <source>size %1</source>
            <translation>Größe %1</translation>
        </message>
        <message>
            <source>%1 free</source>
            <translation>%1 frei</translation>
        </message>
        <message>
            <source>Last verified backup: %1</source>
            <translation>Letzte geprüfte Sicherung: %1</translation>
        </message>
        <message>
            <source>No verified backup</source>
            <translation>Keine geprüfte Sicherung</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <comment>data directory and button</comment>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Browse</source>
            <translation>Ansehen</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <comment>data directory and state</comment>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Try Again</source>
            <translation>Erneut versuchen</translation>
        </message>
        <message>
            <source>Show Problems</source>
            <translation>Probleme zeigen</translation>
        </message>
        <message>
            <source>Back Up...</source>
            <translation>Sichern...</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::OverviewPage</name>
        <message>
            <source>Overview</source>
            <translation>Übersicht</translation>
        </message>
        <message>
            <source>No data directories yet. Open one, or drop a folder or backup here.</source>
            <translation>Noch keine Datenverzeichnisse. Öffnen Sie eines, oder legen Sie hier einen Ordner oder eine Sicherung ab.</translation>
        </message>
        <message>
            <source>Nothing is changed by looking.</source>
            <translation>Ansehen ändert nichts.</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::PlanDialog</name>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>&amp;Type %1 to continue:</source>
            <comment>%1 is the word to type, not translated</comment>
            <translation>&amp;Zum Fortfahren %1 eintippen:</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::PlanView</name>
        <message>
            <source>C&amp;ommand:</source>
            <translation>&amp;Befehl:</translation>
        </message>
        <message>
            <source>What will be done</source>
            <translation>Was getan wird</translation>
        </message>
        <message>
            <source>Copy the command line</source>
            <translation>Befehlszeile kopieren</translation>
        </message>
        <message>
            <source>Space:</source>
            <translation>Platz:</translation>
        </message>
        <message numerus="yes">
            <source>%n more warning(s).</source>
            <translation>
                <numerusform>%n weitere Warnung.</numerusform>
                <numerusform>%n weitere Warnungen.</numerusform>
            </translation>
        </message>
        <message>
            <source>%1: %2 (%3)</source>
            <comment>what happens: how many files (bytes)</comment>
            <translation>%1: %2 (%3)</translation>
        </message>
        <message>
            <source>There is nothing to do.</source>
            <translation>Es gibt nichts zu tun.</translation>
        </message>
        <message>
            <source>needs %1, %2 free</source>
            <translation>braucht %1, frei sind %2</translation>
        </message>
        <message>
            <source>%1 free</source>
            <translation>%1 frei</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::PreviewPane</name>
        <message>
            <source>Preview as text</source>
            <translation>Vorschau als Text</translation>
        </message>
        <message>
            <source>Preview as JSON tree</source>
            <translation>Vorschau als JSON-Baum</translation>
        </message>
        <message>
            <source>Picture</source>
            <translation>Bild</translation>
        </message>
        <message>
            <source>Preview as picture</source>
            <translation>Vorschau als Bild</translation>
        </message>
        <message>
            <source>Select a file to look into it.</source>
            <translation>Wählen Sie eine Datei, um hineinzusehen.</translation>
        </message>
        <message>
            <source>%1, record %2</source>
            <translation>%1, Datensatz %2</translation>
        </message>
        <message>
            <source>(only the beginning is shown)</source>
            <translation>(nur der Anfang wird gezeigt)</translation>
        </message>
        <message>
            <source>Nothing to show.</source>
            <translation>Nichts zu zeigen.</translation>
        </message>
        <message>
            <source>This picture is too large to show.</source>
            <translation>Dieses Bild ist zu groß, um es zu zeigen.</translation>
        </message>
        <message>
            <source>This picture cannot be decoded.</source>
            <translation>Dieses Bild lässt sich nicht lesen.</translation>
        </message>
        <message>
            <source>%1 × %2 pixels</source>
            <translation>%1 × %2 Pixel</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::Recents</name>
        <message>
            <source>&amp;Clear List</source>
            <translation>&amp;Liste leeren</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::ReportView</name>
        <message>
            <source>Report of the selected job</source>
            <translation>Bericht des ausgewählten Auftrags</translation>
        </message>
        <message>
            <source>Select a job to see what became of it.</source>
            <translation>Wählen Sie einen Auftrag, um zu sehen, was aus ihm wurde.</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <comment>job and its state</comment>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Copy Re&amp;port</source>
            <translation>Bericht &amp;kopieren</translation>
        </message>
    </context>
    <context>
        <name>strongroom::views::TablePage</name>
        <message>
            <source>Clear Filter</source>
            <translation>Filter leeren</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>Filter</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <comment>rows shown of all</comment>
            <translation>%1 von %2</translation>
        </message>
        <message>
            <source>Nothing matches “%1”.</source>
            <translation>Nichts passt zu „%1“.</translation>
        </message>
    </context>
</TS>
