// Package packtest has states to test the packer with.
package packtest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// States returns documents that reach every plan and mode of the dense form, by
// their names.
func States() map[string]string {
	g := &generator{r: rand.New(rand.NewPCG(1, 2))}
	for range 7 {
		g.owners = append(g.owners, hex.EncodeToString(g.random(12)))
	}
	states := map[string]string{}
	for _, some := range []map[string]string{g.numbers(), g.strings(), g.documents()} {
		maps.Copy(states, some)
	}
	return states
}

type generator struct {
	r      *rand.Rand
	owners []string
}

func (g *generator) random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.r.Uint32())
	}
	return b
}

func (g *generator) sentence(n int) string {
	words := strings.Fields("the order was not found because a server is ready and users could change what they have seen")
	s := make([]string, n)
	for i := range s {
		s[i] = words[g.r.IntN(len(words))]
	}
	return strings.Join(s, " ")
}

func (g *generator) at(i int) time.Time {
	return time.Unix(int64(1_780_000_000+i*700+g.r.IntN(600)), 0).UTC()
}

func list(n int, element func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = element(i)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func (g *generator) numbers() map[string]string {
	return map[string]string{
		"sequence":  list(300, strconv.Itoa),
		"squares":   list(60, func(i int) string { return strconv.Itoa(i * i) }),
		"signs":     list(60, func(i int) string { return strconv.Itoa(g.r.IntN(9) - 4) }),
		"thousands": list(60, func(i int) string { return strconv.Itoa(g.r.IntN(90) * 1000) }),
		"few":       list(90, func(i int) string { return []string{"17", "170000", "-3"}[g.r.IntN(3)] }),
		"places":    list(60, func(i int) string { return fmt.Sprintf("%.*f", g.r.IntN(4), g.r.Float64()*100) }),
		"python":    list(60, func(i int) string { return strconv.Itoa(g.r.IntN(90)) + []string{".0", ".25"}[g.r.IntN(2)] }),
		"short":     list(60, func(i int) string { return strconv.Itoa(g.r.IntN(90)) + []string{"", ".25", ".5"}[g.r.IntN(3)] }),
		"exponents": list(30, func(i int) string { return fmt.Sprintf("%de%d", 1+g.r.IntN(9), g.r.IntN(30)) }),
	}
}

func (g *generator) strings() map[string]string {
	return map[string]string{
		"owners": list(90, func(i int) string { return `"` + g.owners[g.r.IntN(len(g.owners))] + `"` }),
		"uuids": list(40, func(i int) string {
			b := g.random(16)
			return fmt.Sprintf(`"%x-%x-4%x-8%x-%x"`, b[:4], b[4:6], b[6:8], b[8:10], b[10:])[:39] + `"`
		}),
		"tokens": list(30, func(i int) string { return `"` + base64.RawURLEncoding.EncodeToString(g.random(9+g.r.IntN(9))) + `"` }),
		"sorted": list(40, func(i int) string { return fmt.Sprintf(`"%08x"`, uint32(i)*0x05000000/3+uint32(g.r.IntN(999))) }),
		"ulids": list(40, func(i int) string {
			return fmt.Sprintf(`"01J%07d%s"`, i*37, strings.ToUpper(hex.EncodeToString(g.random(8))))
		}),
		"moments": list(40, func(i int) string {
			return `"` + g.at(i).Format([]string{time.RFC3339, "2006-01-02 15:04", "2006-01-02"}[i%3]) + `"`
		}),
		"links": list(60, func(i int) string {
			n := g.r.IntN(1e6)
			return fmt.Sprintf(`"https://example.com/%s/%d?id=%d"`, []string{"news", "jobs"}[g.r.IntN(2)], n, n)
		}),
		"mixed": list(60, func(i int) string {
			return []string{fmt.Sprintf(`"mail_%d"`, g.r.IntN(1e9)), fmt.Sprintf(`"post_%x"`, g.r.IntN(1e9)), `"` + g.sentence(2) + `"`}[min(g.r.IntN(5), 2)]
		}),
	}
}

func (g *generator) documents() map[string]string {
	return map[string]string{
		"rows": list(80, func(i int) string {
			id := hex.EncodeToString(g.random(8))
			return fmt.Sprintf(`{"id":"%s","key":"%s","n":%d,"m":%d,"on":%t,"text":"%s","tags":["a","b"],"at":[%d,"x"],"note":null}`,
				id, id, i*7, i*7+g.r.IntN(4), g.r.IntN(2) > 0, g.sentence(5), g.r.IntN(9))
		}),
		"map": "{" + strings.Trim(list(50, func(i int) string {
			return fmt.Sprintf(`"%d":{"near":[%d,%d,%d,%d,%d],"rank":%d}`, 1000+i*3, 1001+i*3, 1004+i*3, 998+i*3, 1010+i*3, 1000+i*3, i%7)
		}), "[]") + "}",
		"shapes": list(60, func(i int) string {
			return []string{`{"a":1,"b":2}`, `{"b":3,"a":1}`, `{"a":1,"c":{"d":null}}`, `{}`, `7`, `"x"`}[g.r.IntN(6)]
		}),
		"payload": list(20, func(i int) string {
			p := fmt.Sprintf("%.2f", 60000+g.r.Float64()*4000)
			return fmt.Sprintf(`{"price":%s,"entry":%s,"payload":"{\"event\": \"%s\", \"price\": %s}"}`, p, p, g.sentence(1), p)
		}),
		"prose": `{"text":"` + g.sentence(400) + `"}`,
		"again": list(30, func(i int) string {
			return `"` + strings.Repeat("all of this is said again and again. ", 3) + strconv.Itoa(i) + `"`
		}),
		"lone": `{"rate":0.4444444444444444,"win":7.83392,"at":"2026-07-11T04:06:48.374748+00:00","by":{"a":{"rate":0.25},"b":{"rate":0.44444}}}`,
	}
}
