package main

import (
	"fmt"
	"math"
	"time"
)

// readTimes are how long the processor of a function takes to read a state, in
// milliseconds, by the memory of the function in MB. A function with 1,769 MB
// has a whole processor, and one with less its share of it (Lambda Developer
// Guide, "Configure Lambda function memory").
type readTimes struct {
	MB128  float64 `json:"128"`
	MB256  float64 `json:"256"`
	MB512  float64 `json:"512"`
	MB1769 float64 `json:"1769"`
}

// timesOf returns the times of a read that takes so long on a whole processor.
func timesOf(whole time.Duration) *readTimes {
	with := func(mb float64) float64 {
		ms := whole.Seconds() * 1000 * 1769 / mb
		return math.Round(ms*10) / 10
	}
	return &readTimes{with(128), with(256), with(512), with(1769)}
}

// note says the times, or nothing if there is nothing to say.
func (t readTimes) note() string {
	if t.MB128 == 0 {
		return ""
	}
	return fmt.Sprintf("; a read takes %v ms with 128 MB of memory, %v with 256, %v with 512, %v with 1769", t.MB128, t.MB256, t.MB512, t.MB1769)
}
