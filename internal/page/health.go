package page

import (
	"errors"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
)

// health is the finding about a state: a shape, a word, and a clause.
type health struct {
	Kind    string // "ok", "passing", "look" or "broken"
	Word    string
	Detail  string // one clause; may be empty
	Command string // to type; may be empty
}

// rank orders states by how much they need a look.
func (h health) rank() int {
	return map[string]int{"broken": 0, "look": 1, "passing": 2, "ok": 3}[h.Kind]
}

// Needs reports whether somebody should look.
func (h health) Needs() bool { return h.rank() < 2 }

var fine = health{Kind: "ok", Word: "ok"}

// healthOf judges a state by the outcome of a read of it.
func (p *Page) healthOf(url string, d *document, err error) health {
	text, hint := "", ""
	if err != nil {
		text, hint = p.explain(url, err)
	}
	switch {
	case err == nil && d.JSON:
		return fine
	case err == nil:
		_, hint = p.explain(url, d.Why)
		return health{Kind: "look", Word: "not JSON", Detail: d.Why.Error()}.advised(hint)
	case isAbsent(err):
		return health{Kind: "passing", Word: "empty", Detail: "nothing is stored"}
	case errors.Is(err, awsjar.ErrCorrupt):
		return health{Kind: "broken", Word: "damaged", Detail: text}.advised(hint)
	case errors.Is(err, awsjar.ErrAccessDenied):
		return health{Kind: "broken", Word: "denied", Detail: text}.advised(hint)
	}
	return health{Kind: "broken", Word: "not read", Detail: text}.advised(hint)
}

// advised adds the remedy: a command to type, or a clause.
func (h health) advised(hint string) health {
	if strings.HasPrefix(hint, "awsjar ") && !strings.Contains(hint, ";") {
		h.Command = hint
	} else if hint != "" {
		h.Detail += "; " + hint
	}
	return h
}

// ofBudget judges how full a function is.
func ofBudget(url string, used int, overflow int64) health {
	free := lambdajar.Limit - used
	if free >= lambdajar.Limit/10 || overflow > 0 {
		return fine
	}
	return health{"look", "nearly full", thousands(free) + " bytes are free", "awsjar usage " + quote(url)}
}
