package capacity

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// pythonProgram packs as Python awsjar does with compression=True, for each
// line of compact JSON, and prints the size of the text.
const pythonProgram = `
import base64, json, sys, zlib
class Members(dict):
    def __init__(self, pairs): super().__init__(pairs); self.pairs = pairs
    def items(self): return self.pairs
for line in sys.stdin:
    value = json.loads(line, object_pairs_hook=Members)
    print(len(base64.b64encode(zlib.compress(json.dumps(value).encode(), 9))), flush=True)
`

// startPython returns the size function of the original run by Python itself,
// and a function that ends the process.
func startPython(python string) (size func([]byte) (int, error), stop func() error, err error) {
	cmd := exec.Command(python, "-c", pythonProgram)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	lines := bufio.NewReader(out)
	size = func(json []byte) (n int, err error) {
		if _, err := in.Write(append(json[:len(json):len(json)], '\n')); err != nil {
			return 0, fmt.Errorf("python: %w: %s", err, complaint.String())
		}
		if _, err := fmt.Fscanln(lines, &n); err != nil {
			return 0, fmt.Errorf("python: %w: %s", err, complaint.String())
		}
		return n, nil
	}
	stop = func() error {
		in.Close()
		io.Copy(io.Discard, out)
		return cmd.Wait()
	}
	return size, stop, nil
}
