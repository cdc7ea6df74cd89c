package capacity

import (
	"math/rand/v2"
	"time"
)

// Tuned are the states that were looked at while the coder was tuned.
func Tuned() []State {
	return []State{
		{Name: "range", Says: "list(range(n))", build: list(func(r *rand.Rand, i int) string {
			return f("%d", i)
		})},
		{Name: "feeds", Says: "feed address to entity tag and date", build: object(func(r *rand.Rand, i int) string {
			return f(`"https://%s.%s.com/%s/feed.xml":{"etag":"\"%s\"","modified":"%s","entries":%d}`,
				pick(r, words), pick(r, surnames), pick(r, words), characters(r, 12, hexDigits),
				after(r, r.IntN(300), time.Hour, time.Hour).Format(time.RFC1123), r.IntN(60))
		})},
		{Name: "etags", Says: "file name to MD5", build: object(func(r *rand.Rand, i int) string {
			return f(`"assets/%s/%s-%d.%s":"%s"`, pick(r, words), pick(r, words), i,
				pick(r, []string{"js", "css", "png", "svg"}), characters(r, 32, hexDigits))
		})},
		{Name: "uptime", Says: "check: time, result, milliseconds", build: list(func(r *rand.Rand, i int) string {
			return f(`{"t":%d,"ok":%t,"ms":%d}`, began.Unix()+int64(i)*60+int64(r.IntN(3)), r.IntN(40) > 0, 80+r.IntN(60))
		})},
		{Name: "uuids", Says: "random UUIDs", build: list(func(r *rand.Rand, i int) string {
			return `"` + uuid(r) + `"`
		})},
		{Name: "buckets", Says: "client address to tokens and time", build: object(func(r *rand.Rand, i int) string {
			return f(`"10.%d.%d.%d":{"tokens":%.2f,"last":%.3f}`, r.IntN(4), r.IntN(256), r.IntN(256),
				r.Float64()*100, float64(began.Unix())+r.Float64()*3600)
		})},
		{Name: "cursors", Says: "stream shard to sequence number", build: object(func(r *rand.Rand, i int) string {
			return f(`"shardId-%012d":"4964%s"`, i, characters(r, 52, decimals))
		})},
		{Name: "scores", Says: "leaderboard: name, points, date", build: list(func(r *rand.Rand, i int) string {
			return f(`{"rank":%d,"name":"%s%d","score":%d,"at":"%s"}`, i+1, pick(r, surnames), r.IntN(100),
				98000-i*137-r.IntN(130), isoTime(after(r, r.IntN(60), 24*time.Hour, 24*time.Hour)))
		})},
		{Name: "notes", Says: "text of some words", build: list(func(r *rand.Rand, i int) string {
			return f(`{"id":%d,"text":"%s.","done":%t}`, i+1, sentence(r, 6, 16), r.IntN(3) == 0)
		})},
		{Name: "flags", Says: "feature switches", build: object(func(r *rand.Rand, i int) string {
			return f(`"%s_%s_%s":{"enabled":%t,"rollout":%d}`, pick(r, words), pick(r, words), pick(r, words),
				r.IntN(2) == 0, []int{0, 5, 10, 25, 50, 100}[r.IntN(6)])
		})},
		{Name: "prices", Says: "symbol to open, high, low, close", build: object(func(r *rand.Rand, i int) string {
			p := 10 + r.Float64()*200
			return f(`"%s":[%.2f,%.2f,%.2f,%.2f]`, characters(r, 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
				p, p*(1+r.Float64()*.03), p*(1-r.Float64()*.03), p*(.98+r.Float64()*.04))
		})},
		{Name: "points", Says: "latitude and longitude", build: list(func(r *rand.Rand, i int) string {
			return f(`[%.5f,%.5f]`, 51.5+r.Float64()*.2, -.1-r.Float64()*.2)
		})},
		{Name: "retries", Says: "job: UUID, attempts, time, error", build: list(func(r *rand.Rand, i int) string {
			return f(`{"id":"%s","attempts":%d,"next":"%s","error":"%s"}`, uuid(r), 1+r.IntN(5),
				isoTime(after(r, i, time.Minute, 2*time.Minute)),
				pick(r, []string{"timeout", "connection reset by peer", "HTTP 503", "rate exceeded"}))
		})},
		{Name: "stock", Says: "article: number, count, place, price", build: list(func(r *rand.Rand, i int) string {
			return f(`{"sku":"%s-%05d","qty":%d,"loc":"%c%02d","price":%.2f}`,
				pick(r, []string{"AB", "CX", "KT"}), r.IntN(100000), r.IntN(500), 'A'+rune(r.IntN(6)), r.IntN(40), r.Float64()*90)
		})},
		{Name: "hashes", Says: "SHA-256 in hex", build: list(func(r *rand.Rand, i int) string {
			return `"` + characters(r, 64, hexDigits) + `"`
		})},
	}
}
