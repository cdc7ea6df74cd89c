// Package filejar keeps a value in a local file, with its history: a store
// that needs no service, for development, for tests, and for programs that
// run on one machine.
//
//	jar := awsjar.New[State](filejar.New("state/cursor.json"))
//
// The file holds the encoded value and nothing else, so that it can be read
// with cat and changed with an editor. A value that a person or another program
// wrote is noticed, becomes a version of the history like any other, and is
// never overwritten by a conditional write that has not seen it. A file that
// holds the same bytes again, after it was touched or copied back, is
// unchanged.
//
// # Files
//
// For a value in DIR/KEY:
//
//	DIR/KEY                            the value
//	DIR/.awsjar/KEY/N-TAG-SUM          each version, the current one included: its bytes
//	DIR/.awsjar/KEY/N-TAG.deleted      a delete marker; empty
//	DIR/.awsjar/KEY/next-...           a version that is being added
//	DIR/.awsjar/KEY/temp               a value that is being written
//	DIR/.awsjar/KEY/head               names the newest version, so that a Load lists nothing
//	DIR/.awsjar/KEY/lock               is locked by the process that writes; empty, and stays
//
// N counts the writes, with 12 digits. TAG, of 8 hex digits, is random, or made
// of the time of the file if somebody else wrote it. SUM is the first 16 hex
// digits of the SHA-256 of the bytes. N-TAG-SUM, without leading zeros, is the
// version id and the revision. The newest N is the content that DIR/KEY should
// have. Head is only a hint: if it does not fit, the directory is listed.
//
// To move a value with its history, move DIR/.awsjar/KEY with it. Options.Keep
// and Options.KeepBytes bound the history; if the disk is full, its oldest
// versions make room for the value.
//
// # Users
//
// Directories are made with mode 0700, files with mode 0600. A value keeps its
// mode, and its owner and group where this process may set them; its history
// follows. So a service goes on after root has changed its value. To load the
// value, the rights to read its file and its directory are enough.
//
// Keep values in a directory of your own, such as ~/.local/state. Others may be
// able to write the directory; they can do this:
//
//	DIR                                another user can
//	of one's own, writable by no other nothing
//	of a group, value writable by it   change the value: they share it
//	sticky, such as /tmp               nothing but take the name of the value first; each user
//	                                   has a directory of histories, DIR/.awsjar-UID
//	writable by all, not sticky        replace the value; but no file elsewhere is read or written
//
// A directory of histories is used only if it is a real one, and belongs to this
// user or to the owner of DIR; for root also if it belongs to the owner of the
// value. All users must not have the right to write it, and the group only if it
// may write the value. Otherwise a write fails with [awsjar.ErrAccessDenied]. No
// link is followed below DIR, and only regular files are read.
//
// # The steps of a write
//
// Save holds the lock (flock on Linux and macOS, LockFileEx on Windows, which
// end with the process) while it
//
//  1. writes next-N-TAG-SUM and syncs its content;
//  2. writes temp and syncs its content;
//  3. renames temp to KEY and syncs DIR: here the value changes;
//  4. renames next-N-TAG-SUM to N-TAG-SUM and syncs its directory.
//
// Delete does the same with a delete marker, and removes KEY as its step 3.
// Package internal/durable names the system calls.
//
// Whenever the program stops, KEY holds the old value or the new one, whole.
// If a next is left over, KEY decides: if it has that SUM, step 3 was done,
// and the next writer does step 4; if it has not, the next writer removes the
// next, which never was the value and never appears in the history. (It may
// have been, if the program stopped between steps 3 and 4 and somebody then
// changed the file before the next write; but no Save had returned.) The same
// holds if the machine stops; but if that is before step 4, the next may be
// gone where the value is new. That value is then one that somebody else
// wrote: it is there, and in the history, under another id.
//
// A value of another program is copied into the history, by steps 1 and 4,
// before it is replaced or removed. Nothing locks out an editor: a change in
// the instant, a few microseconds long, between the last look at the file and
// step 3 is lost.
//
// Load takes no lock and writes nothing; it works in directories that are
// read-only.
//
// # Limits
//
// The file must be a regular one. A symbolic link is refused, since the rename
// would replace the link; links in the directories above are followed. A file
// that is mounted by itself cannot be replaced: mount its directory. The
// lock works among the processes of one machine, and over NFS as far as flock
// does there; Solaris and AIX have none, so that writes are refused. Every write
// lists the versions that are kept, in about a microsecond each: keep them all
// only where writes are rare. Access control lists and extended attributes of
// the value's file are not kept. Where another machine may set the times of files,
// as on a network file system, [awsjar.Meta].Now is zero.
package filejar
