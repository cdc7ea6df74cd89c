package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestSizeOfIDs: the page for users of Python says how much of the room of a function
// the ids of the last writes take.
func TestSizeOfIDs(t *testing.T) {
	page, err := os.ReadFile("../../docs/python.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d bytes with its name", sizeOfIDs()); !strings.Contains(string(page), want) {
		t.Errorf("docs/python.md does not say %q", want)
	}
}
