package capacity

import (
	"math/rand/v2"
	"strings"
	"time"
)

// Unseen are the states that were set aside until the coder was finished.
func Unseen() []State {
	states := append(unseenBefore(), unseenAfter()...)
	for i := range states {
		states[i].Unseen = true
	}
	return states
}

func unseenBefore() []State {
	return []State{
		{Name: "sessions", Says: "random token to user and end", build: object(func(r *rand.Rand, i int) string {
			return f(`"%s":{"user":%d,"expires":%d}`, characters(r, 22, base64URL), 1000+r.IntN(9000),
				began.Unix()+int64(r.IntN(86400)))
		})},
		{Name: "messages", Says: "texts in three languages", build: object(func(r *rand.Rand, i int) string {
			german := strings.Fields("der die das Datei wurde nicht gefunden größer löschen Änderung für über speichern möchten wählen zurück")
			japanese := []string{"ファイル", "保存", "しました", "削除", "できません", "設定", "を", "の", "は", "変更", "ユーザー"}
			text := func(from []string, sep string, n int) string {
				parts := make([]string, n)
				for i := range parts {
					parts[i] = pick(r, from)
				}
				return strings.Join(parts, sep)
			}
			return f(`"msg.%s.%d":{"en":"%s","de":"%s","ja":"%s"}`, pick(r, words), i, sentence(r, 3, 6),
				text(german, " ", 3+r.IntN(4)), text(japanese, "", 3+r.IntN(4)))
		})},
		{Name: "chat", Says: "line: sender, time, text", build: list(func(r *rand.Rand, i int) string {
			return f(`{"from":"%s","ts":"%d.%06d","text":"%s"}`, surnames[r.IntN(5)],
				began.Unix()+int64(i*40+r.IntN(30)), r.IntN(1000000), sentence(r, 2, 12))
		})},
		{Name: "ulids", Says: "ULIDs in order", build: list(func(r *rand.Rand, i int) string {
			ms := uint64(after(r, i, 700*time.Millisecond, 700*time.Millisecond).UnixMilli())
			head := make([]byte, 10)
			for k := 9; k >= 0; k-- {
				head[k] = crockford[ms%32]
				ms /= 32
			}
			return `"` + string(head) + characters(r, 16, crockford) + `"`
		})},
		{Name: "deploys", Says: "commit, date, author, message", build: list(func(r *rand.Rand, i int) string {
			return f(`{"sha":"%s","date":"%s","author":"%s@example.com","message":"%s","ok":%t}`,
				characters(r, 40, hexDigits), after(r, i, 5*time.Hour, 5*time.Hour).Format("2006-01-02T15:04:05+01:00"),
				surnames[r.IntN(6)], sentence(r, 3, 8), r.IntN(8) > 0)
		})},
		{Name: "metrics", Says: "a sample in each of four columns", build: func(r *rand.Rand, n int) string {
			columns := [4][]string{}
			load := 40.0
			for range n {
				load = min(max(load+r.NormFloat64()*3, 0), 100)
				columns[0] = append(columns[0], f("%.1f", load))
				columns[1] = append(columns[1], f("%d", 512+int(load*9)+r.IntN(20)))
				columns[2] = append(columns[2], f("%.3f", r.ExpFloat64()*.05))
				columns[3] = append(columns[3], f("%d", r.IntN(3)*r.IntN(2)))
			}
			return f(`{"host":"web-1","cpu":[%s],"mem":[%s],"latency":[%s],"errors":[%s]}`, strings.Join(columns[0], ","),
				strings.Join(columns[1], ","), strings.Join(columns[2], ","), strings.Join(columns[3], ","))
		}},
		{Name: "schedules", Says: "job: cron line, zone, last run", build: object(func(r *rand.Rand, i int) string {
			return f(`"%s-%s":{"cron":"%d %d * * %s","zone":"Europe/%s","enabled":%t,"last_run":"%s","last_status":"%s"}`,
				pick(r, words), pick(r, words), r.IntN(12)*5, r.IntN(24), pick(r, []string{"*", "1-5", "1", "0,6"}),
				pick(r, []string{"London", "Paris", "Berlin", "Madrid"}), r.IntN(5) > 0,
				after(r, r.IntN(24), time.Hour, time.Minute).Format(time.DateTime), pick(r, []string{"ok", "failed", "skipped"}))
		})},
	}
}

func unseenAfter() []State {
	return []State{
		{Name: "seen", Says: "message UUID to milliseconds", build: object(func(r *rand.Rand, i int) string {
			return f(`"%s":%d`, uuid(r), after(r, i, 3*time.Second, 5*time.Second).UnixMilli())
		})},
		{Name: "quotas", Says: "tenant to plan and counters", build: object(func(r *rand.Rand, i int) string {
			return f(`"tenant-%04d":{"plan":"%s","used":{"requests":%d,"storage_mb":%d,"seats":%d},"limits":{"requests":%d,"seats":%d}}`,
				i*3+r.IntN(3), pick(r, []string{"free", "team", "business"}), r.IntN(100000), r.IntN(5000), 1+r.IntN(40),
				[]int{1000, 50000, 1000000}[r.IntN(3)], []int{3, 25, 500}[r.IntN(3)])
		})},
		{Name: "arns", Says: "resource names with versions", build: list(func(r *rand.Rand, i int) string {
			return f(`"arn:aws:lambda:%s:%s:function:%s-%s:%d"`, pick(r, []string{"eu-west-1", "us-east-1", "ap-southeast-2"}),
				pick(r, []string{"123456789012", "210987654321"}), pick(r, words), pick(r, words), 1+r.IntN(80))
		})},
		{Name: "calendar", Says: "event: title, begin, end, people", build: list(func(r *rand.Rand, i int) string {
			day := after(r, i, 20*time.Hour, time.Hour).Truncate(30 * time.Minute)
			return f(`{"uid":"ev%06d","title":"%s","start":"%s","end":"%s","attendees":["%s@example.org","%s@example.org"]}`,
				r.IntN(1000000), sentence(r, 2, 4), day.Format("2006-01-02T15:04"), day.Add(time.Hour).Format("2006-01-02T15:04"),
				pick(r, surnames), pick(r, surnames))
		})},
		{Name: "keys", Says: "random bytes in base64", build: list(func(r *rand.Rand, i int) string {
			return `"` + characters(r, 43, base64Std) + `="`
		})},
		{Name: "weather", Says: "reading: station, values, time", build: list(func(r *rand.Rand, i int) string {
			return f(`{"station":"%s","temp":%.1f,"humidity":%d,"wind":{"speed":%.1f,"dir":%d},"time":"%s"}`, places[r.IntN(8)],
				12+r.NormFloat64()*5, 40+r.IntN(50), r.ExpFloat64()*4, r.IntN(36)*10, isoTime(began.Add(time.Duration(i/8)*10*time.Minute)))
		})},
		{Name: "blocks", Says: "address block, reason, count", build: list(func(r *rand.Rand, i int) string {
			return f(`{"cidr":"%d.%d.%d.0/%d","reason":"%s","hits":%d}`, 1+r.IntN(220), r.IntN(256), r.IntN(256), 22+r.IntN(3),
				pick(r, []string{"scanner", "brute force", "spam", "abuse report"}), int(r.ExpFloat64()*300))
		})},
		{Name: "graph", Says: "node to its neighbours", build: object(func(r *rand.Rand, i int) string {
			next := f("%d", max(0, i-1-r.IntN(20)))
			for range r.IntN(5) {
				next += f(",%d", max(0, i-1-r.IntN(200)))
			}
			return f(`"%d":[%s]`, i, next)
		})},
		{Name: "packages", Says: "package to version and licence", build: object(func(r *rand.Rand, i int) string {
			return f(`"@%s/%s-%s":{"version":"%d.%d.%d","license":"%s","dev":%t}`, pick(r, surnames), pick(r, words), pick(r, words),
				r.IntN(9), r.IntN(20), r.IntN(15), pick(r, []string{"MIT", "ISC", "Apache-2.0", "BSD-3-Clause"}), r.IntN(3) == 0)
		})},
	}
}
