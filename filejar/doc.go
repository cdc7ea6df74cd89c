// Package filejar keeps a value in a local file, with its history: a store
// that needs no service, for development, for tests, and for programs that
// run on one machine.
//
//	jar := awsjar.New[State](filejar.New("state/cursor.json"))
//
// The file holds the encoded value and nothing else, so that it can be read
// with cat and changed with an editor. What a person or another program wrote
// is noticed, becomes a version of the history like any other, and is never
// overwritten by a conditional write that has not seen it.
//
// # Files
//
// For a value in DIR/KEY:
//
//	DIR/KEY                            the value
//	DIR/.awsjar/KEY/lock               who writes has this file locked; it stays, and is empty
//	DIR/.awsjar/KEY/head               which version DIR/KEY should be, in JSON
//	DIR/.awsjar/KEY/next               the same of a write that is under way
//	DIR/.awsjar/KEY/temp               a file that is being written
//	DIR/.awsjar/KEY/versions/N-TAG     each version, the current one included: its bytes
//	DIR/.awsjar/KEY/versions/N-TAG.deleted   a delete marker; empty
//
// N counts the writes; TAG is random, or made of the content for what somebody
// else wrote. Directories are made with mode 0700, files with mode 0600: also
// a value file that had another mode has that one after a Save. A value in a
// program's own directory can be moved or restored together with its .awsjar
// directory; without that one only the history is lost.
//
// # What a write does
//
// Save holds the lock (flock on Linux and macOS, LockFileEx on Windows, which
// end with the process) while it
//
//  1. writes next, which names the version that will be;
//  2. writes the version file;
//  3. writes temp and renames it to the value file: here the value changes;
//  4. renames next to head.
//
// Every step is synced to the disk before the next one begins; package
// internal/durable says by which system calls. Whenever the program or the
// machine stops, the value file holds the old value or the new one, whole.
// If next is left over, the value file decides: if it is what next names, the
// write took place; if it is not, the next writer removes that version, which
// never was the value and never appears in the history.
//
// A value file that is neither head nor next was changed from outside. Before
// it is replaced or removed it is copied into the history by the same steps
// without the third. Nothing but this locks out an editor: what it writes into
// the file within the same few microseconds in which a Save replaces the file
// is lost.
//
// Load takes no lock and writes nothing; it works in directories that are
// read-only.
//
// # Limits
//
// The file must be a regular one. A symbolic link is refused, for to replace
// the file would replace the link; links in the directories above are
// followed. The lock works among the processes of one machine; over NFS it
// works as far as flock does there. Every write lists the versions that are
// kept, about a microsecond each, unless all are.
package filejar
