// Package guard keeps sizes and speeds from being lost unnoticed. Its tests
// compare with numbers that are checked in under testdata:
//
//   - allocs.txt: allocations and allocated bytes of every call, next to those
//     of the same call of the AWS SDK alone
//   - programs.txt: size and start of the two smallest programs, s3only and
//     lambdaonly
//
// The modules that every package brings into a program that imports it stand in
// a table of TestNeeds.
//
// A change that makes one of the numbers worse fails until it changes the file too,
// where a reviewer sees it:
//
//	go test ./guard -update
//
// Times are not compared here: they depend on the machine. The module bench
// measures them.
package guard
