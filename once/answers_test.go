package once_test

import (
	"context"
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/once"
)

// losing is a store in memory that loses the answers of some writes, and may
// refuse reads.
type losing struct {
	*memjar.Store
	writes int
	lose   func(write int) bool // counted from one
	load   error
}

func (l *losing) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	l.writes++
	meta, err := l.Store.Save(ctx, data, replaces)
	if err == nil && l.lose(l.writes) {
		return awsjar.Meta{}, awsjar.ErrUncertain
	}
	return meta, err
}

func (l *losing) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if l.load != nil {
		return nil, awsjar.Meta{}, l.load
	}
	return l.Store.Load(ctx)
}

// TestLostAnswers: whichever answers are lost, the claim in the store decides.
func TestLostAnswers(t *testing.T) {
	for name, lose := range map[string]func(int) bool{
		"of the creation":   func(n int) bool { return n == 1 },
		"of the completion": func(n int) bool { return n == 2 },
		"of every write":    func(int) bool { return true },
	} {
		store, runs := &losing{Store: memjar.New(), lose: lose}, 0
		for range 2 {
			if result, err := once.Do(t.Context(), store, job(&runs)); result != 1 || err != nil {
				t.Errorf("%s: got %d, %v", name, result, err)
			}
		}
		if runs != 1 || store.writes > 3 {
			t.Errorf("%s: %d runs, %d writes", name, runs, store.writes)
		}
	}
}

// TestAnswerThatStaysLost: a completion that can never be read back returns the
// result with ErrUncertain.
func TestAnswerThatStaysLost(t *testing.T) {
	store := &losing{Store: memjar.New(), lose: func(n int) bool { return n > 1 }}
	result, err := once.Do(t.Context(), store, func(context.Context) (int, error) {
		store.load = awsjar.ErrAccessDenied
		return 7, nil
	})
	if result != 7 || !errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, once.ErrLost) {
		t.Errorf("got %d, %v", result, err)
	}
}

// refusing is a store that refuses every write after the first, as S3 does by a
// 409 while others write.
type refusing struct {
	*memjar.Store
	writes int
}

func (r *refusing) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if r.writes++; r.writes > 1 {
		return awsjar.Meta{}, awsjar.ErrConflict
	}
	return r.Store.Save(ctx, data, replaces)
}

// TestRefusedCompletion: the completion is refused time and again, and nobody
// has begun another run. The run is not lost.
func TestRefusedCompletion(t *testing.T) {
	result, err := once.Do(t.Context(), &refusing{Store: memjar.New()}, job(new(int)))
	if result != 1 || err == nil || errors.Is(err, once.ErrLost) {
		t.Errorf("got %d, %v", result, err)
	}
}
