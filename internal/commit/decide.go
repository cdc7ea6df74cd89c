package commit

// Step is the next step of a call: a request, or its end.
type Step int

// The steps. Look and Send go on, the others end the call.
const (
	Look      Step = iota // look again
	Send                  // send again
	Done                  // it was stored: nil
	Fail                  // it was not stored and will not be: the error of the service
	Conflict              // it was not stored: another writer was first
	Holds                 // it was not stored: the service refuses a condition that holds
	Uncertain             // nobody can say
)

// Next is one cell of the table: the step while the budget of the call lasts,
// and the step once it is used up. For an end of the call they are the same.
type Next struct{ Now, AtLast Step }

// The cells that end the call at once.
var (
	done      = Next{Done, Done}
	fail      = Next{Fail, Fail}
	conflict  = Next{Conflict, Conflict}
	uncertain = Next{Uncertain, Uncertain}
)

// table holds the next step by three things: whether there is doubt, the outcome
// of the last Send, and the sight of the Look after it. There is doubt from the
// first Send that was Lost until a Look shows that it is Over; a Lost Send then
// counts as Unsent, so the row "no doubt, Lost" is never asked for.
// docs/design.md prints the table, with the reasons.
var table = map[bool][outcomes][sights]Next{
	false: {
		Accepted:  {Stored: done, Unchanged: done, Overtaken: done, Unclear: done, Unseen: done},
		Refused:   {Stored: fail, Unchanged: fail, Overtaken: fail, Unclear: fail, Unseen: fail},
		Unsent:    {Stored: done, Unchanged: {Send, Fail}, Overtaken: conflict, Unclear: conflict, Unseen: {Look, Fail}},
		Mismatch:  {Stored: done, Unchanged: {Send, Holds}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
		Busy:      {Stored: done, Unchanged: {Send, Fail}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
		Throttled: {Stored: done, Unchanged: {Send, Fail}, Overtaken: conflict, Unclear: uncertain, Unseen: {Send, Fail}},
		Lost:      {Stored: done, Unchanged: {Send, Fail}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
	},
	true: {
		Accepted:  {Stored: done, Unchanged: done, Overtaken: done, Unclear: done, Unseen: done},
		Refused:   {Stored: done, Unchanged: uncertain, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
		Unsent:    {Stored: done, Unchanged: {Send, Uncertain}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
		Mismatch:  {Stored: done, Unchanged: {Send, Uncertain}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
		Busy:      {Stored: done, Unchanged: {Send, Uncertain}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
		Throttled: {Stored: done, Unchanged: {Send, Uncertain}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
		Lost:      {Stored: done, Unchanged: {Send, Uncertain}, Overtaken: conflict, Unclear: uncertain, Unseen: {Look, Uncertain}},
	},
}

// Decide returns the cell of the table. A write without a condition may replace
// every state: where another write would have lost the race, nothing has changed
// for it.
func Decide(conditional, doubt bool, o Outcome, s Sight) Next {
	cell := table[doubt][o][s]
	if cell == conflict && !conditional {
		return table[doubt][o][Unchanged]
	}
	return cell
}
