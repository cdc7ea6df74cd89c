package capacity

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/awsjar/awsjar/internal/pack"
)

// A realResult is the size of a file in which a program really keeps its state.
type realResult struct {
	name                  string
	bytes, original, ours int
}

func (r realResult) ratio() float64 { return float64(r.original) / float64(r.ours) }

// measureReal measures each JSON file of a directory, made compact, as it is:
// the size of the original's text over the size of ours.
func measureReal(dir string, original Pipeline) (results []realResult, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		json, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		r := realResult{name: strings.TrimSuffix(filepath.Base(file), ".json"), bytes: len(json)}
		if r.original, err = original.Size(json); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		flate, err := packed(json, pack.FormFlate)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if r.ours, err = packed(json, pack.FormDense); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		r.ours = min(flate, r.ours)
		results = append(results, r)
	}
	return results, nil
}

func (p page) realTable(out *strings.Builder) {
	if len(p.real) == 0 {
		return
	}
	fmt.Fprintf(out, "\n## Real states\n\nFiles in which programs keep their state in public repositories, with addresses replaced, as compact JSON, each as large as it is: the size that the original's text takes over the size of ours. The files belong to others and are not part of this repository; the command takes a directory of files, so you can measure yours.\n\n| state | bytes | original | awsjar | ratio |\n|---|--:|--:|--:|--:|\n")
	sum := 0.0
	for _, r := range p.real {
		fmt.Fprintf(out, "| %s | %d | %d | %d | %.2f |\n", r.name, r.bytes, r.original, r.ours, r.ratio())
		sum += math.Log(r.ratio())
	}
	fmt.Fprintf(out, "| geometric mean (%d) | | | | %.2f |\n", len(p.real), math.Exp(sum/float64(len(p.real))))
}
