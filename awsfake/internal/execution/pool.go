package execution

import (
	"errors"
	"strings"
	"sync"
	"time"
)

// idleLife is how long an environment is kept without an invocation. AWS does not
// document its own time.
const idleLife = 5 * time.Minute

var errClosed = errors.New("the server is closed")

// Pool keeps the execution environments of all functions. It is safe for concurrent
// use.
type Pool struct {
	options Options

	mu          sync.Mutex
	closed      bool
	idle        map[string][]*member // by name and version; the last one served last
	generations map[string]string    // by name and version: the newest
	members     map[*member]bool
	ending      sync.WaitGroup // environments that end, and those that begin
}

// member is an environment in a Pool.
type member struct {
	environment
	log        *log
	key        string
	generation string
	retire     *time.Timer // while it is idle
}

// New returns a Pool without environments.
func New(o Options) *Pool {
	o.Log = &shared{out: o.Log}
	return &Pool{options: o, idle: map[string][]*member{}, generations: map[string]string{}, members: map[*member]bool{}}
}

// Invoke runs a function once, and returns when it has answered, failed, or used up
// its time.
func (p *Pool) Invoke(program Program, f Function, e Event) Result {
	m, problem := p.take(program, f)
	if problem != nil {
		return failure("Runtime.InvalidEntrypoint", "RequestId: "+e.RequestID+" Error: "+problem.Error())
	}
	begun := time.Now()
	m.log.begin(e.RequestID, f.Version)
	r, usable := m.serve(e, f.Timeout)
	r.Log = m.log.end(report{request: e.RequestID, duration: time.Since(begun) - r.start, memory: f.Memory, start: r.start})
	p.release(m, usable)
	return r
}

// take returns the environment that served last, or a new one. Those of an older
// configuration end.
func (p *Pool) take(program Program, f Function) (*member, error) {
	key := f.Name + ":" + f.Version
	if m, err := p.free(key, f.Generation); m != nil || err != nil {
		return m, err
	}
	defer p.ending.Done()
	m := &member{key: key, generation: f.Generation, log: newLog(p.options.Log)}
	var err error
	m.environment, err = program.begin(&setting{function: f, variables: variables(f, p.options.Variables()), log: m.log})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.members[m] = true
	if p.closed {
		p.discard(m)
		return nil, errClosed
	}
	return m, nil
}

// free returns an idle environment, or nil: then Close waits for the new one that the
// caller begins.
func (p *Pool) free(key, generation string) (*member, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	if p.generations[key] != generation {
		p.generations[key] = generation
		for _, m := range p.idle[key] {
			m.retire.Stop()
			p.discard(m)
		}
		delete(p.idle, key)
	}
	idle := p.idle[key]
	if len(idle) == 0 {
		p.ending.Add(1)
		return nil, nil
	}
	m := idle[len(idle)-1]
	p.idle[key] = idle[:len(idle)-1]
	m.retire.Stop()
	return m, nil
}

// release makes an environment free again, or ends it.
func (p *Pool) release(m *member, usable bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !usable || p.closed || p.generations[m.key] != m.generation {
		p.discard(m)
		return
	}
	m.retire = time.AfterFunc(idleLife, func() { p.expire(m) })
	p.idle[m.key] = append(p.idle[m.key], m)
}

// expire ends an environment that is still idle.
func (p *Pool) expire(m *member) {
	p.mu.Lock()
	defer p.mu.Unlock()
	free := p.idle[m.key]
	for i, other := range free {
		if other == m {
			p.idle[m.key] = append(free[:i:i], free[i+1:]...)
			p.discard(m)
			return
		}
	}
}

// discard ends an environment that nobody uses, without waiting for it. The caller
// holds mu.
func (p *Pool) discard(m *member) {
	if !p.members[m] {
		return
	}
	delete(p.members, m)
	p.ending.Go(m.end)
}

// Forget ends the environments of a function that is gone, of all its versions,
// once they have nothing to do.
func (p *Pool) Forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key := range p.generations {
		if !strings.HasPrefix(key, name+":") {
			continue
		}
		for _, m := range p.idle[key] {
			m.retire.Stop()
			p.discard(m)
		}
		delete(p.idle, key)
		delete(p.generations, key)
	}
}

// Close ends all environments, those that serve an invocation too, and waits until
// nothing of them runs.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	for m := range p.members {
		if m.retire != nil {
			m.retire.Stop()
		}
		p.discard(m)
	}
	p.mu.Unlock()
	p.ending.Wait()
}
