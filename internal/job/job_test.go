package job_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"plumbline/internal/fault"
	"plumbline/internal/job"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// stand is a queue with a runner that nobody has started.
type stand struct {
	*job.Runner
	t     *testing.T
	clock *storetest.Clock
}

func each(t *testing.T, test func(s *stand)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		test(&stand{job.NewRunner(db, slog.New(slog.NewTextHandler(io.Discard, nil))), t, clock})
	})
}

func (s *stand) enqueue(kind, payload string) (id int64) {
	s.t.Helper()
	ctx := context.Background()
	err := s.DB.Write(ctx, func(tx *store.Tx) (err error) {
		id, err = job.Enqueue(ctx, tx, kind, payload, 3)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *stand) find(id int64) job.Job {
	s.t.Helper()
	j, err := s.Find(context.Background(), id, 3)
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

func (s *stand) want(id int64, state, result string, attempts int) {
	s.t.Helper()
	if j := s.find(id); j.State != state || j.Result != result || j.Attempts != attempts {
		s.t.Fatalf("the job stands at %q %q after %d attempts; want %q %q after %d", j.State, j.Result, j.Attempts, state, result, attempts)
	}
}

func TestWorkIsDoneInOrderAndTold(t *testing.T) {
	each(t, func(s *stand) {
		ctx, order := context.Background(), ""
		s.Workers["say"] = func(_ context.Context, j job.Job, _ job.Progress) (string, error) {
			order += j.Payload
			return "said " + j.Payload, nil
		}
		a, b := s.enqueue("say", "a"), s.enqueue("say", "b")
		s.Drain(ctx)
		s.want(a, job.Done, "said a", 1)
		s.want(b, job.Done, "said b", 1)
		if order != "ab" || s.find(b).Ended != s.clock.Now().UnixMicro() {
			t.Errorf("order %q, ended at %d", order, s.find(b).Ended)
		}
		if _, err := s.Find(ctx, a, 4); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else's job was found: %v", err)
		}
		s.Drain(ctx)
		s.want(a, job.Done, "said a", 1)
	})
}

// What a verb enqueues is there only if the verb came to its end.
func TestNoJobWithoutItsVerb(t *testing.T) {
	each(t, func(s *stand) {
		ctx, boom := context.Background(), errors.New("boom")
		err := s.DB.Write(ctx, func(tx *store.Tx) error {
			_, err := job.Enqueue(ctx, tx, "say", "", 3)
			return errors.Join(err, boom)
		})
		var n int
		if qerr := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM job`).Scan(&n); !errors.Is(err, boom) || qerr != nil || n != 0 {
			t.Errorf("%d jobs, %v, %v", n, err, qerr)
		}
	})
}

func TestProgressIsSeenWhileItRuns(t *testing.T) {
	each(t, func(s *stand) {
		var id int64
		s.Workers["count"] = func(_ context.Context, _ job.Job, progress job.Progress) (string, error) {
			for n := range int64(4) {
				progress(n, 4)
				if j := s.find(id); j.State != job.Running || j.Done != n || j.Total != 4 {
					t.Errorf("seen %q %d of %d, told %d of 4", j.State, j.Done, j.Total, n)
				}
			}
			return "", nil
		}
		id = s.enqueue("count", "")
		s.Drain(context.Background())
		s.want(id, job.Done, "", 1)
	})
}

// What fails is tried again later and later, at last given up; so is a worker that panics. Others are not held up.
func TestWhatFailsIsTriedAgain(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":   func() error { return errors.New("no answer") },
		"panic":   func() error { panic("nil map") },
		"no room": func() error { return fault.New(fault.Unavailable, "fault.disk_full") },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(s *stand) {
				ctx, tries := context.Background(), 0
				s.Workers["fail"] = func(context.Context, job.Job, job.Progress) (string, error) { tries++; return "", fail() }
				s.Workers["say"] = func(context.Context, job.Job, job.Progress) (string, error) { return "said", nil }
				bad, good := s.enqueue("fail", ""), s.enqueue("say", "")
				wait := time.Minute
				for attempt := 1; attempt < 5; attempt++ {
					s.Drain(ctx)
					s.want(bad, job.Waiting, "", attempt)
					wait *= 2
					s.clock.Add(wait - time.Second)
					s.Drain(ctx)
					s.want(bad, job.Waiting, "", attempt)
					s.clock.Add(time.Second)
				}
				s.Drain(ctx)
				key := "fault.internal"
				if name == "no room" {
					key = "fault.disk_full"
				}
				s.want(bad, job.Failed, key, 5)
				s.want(good, job.Done, "said", 1)
				s.clock.Add(100 * time.Hour)
				s.Drain(ctx)
				if tries != 5 {
					t.Errorf("tried %d times", tries)
				}
			})
		})
	}
}

// Bad input does not become better by trying again.
func TestAFaultEndsTheJob(t *testing.T) {
	each(t, func(s *stand) {
		s.Workers["read"] = func(context.Context, job.Job, job.Progress) (string, error) { return "", fault.Bad("fault.form") }
		id, unknown := s.enqueue("read", ""), s.enqueue("nobody does this", "")
		s.Drain(context.Background())
		s.want(id, job.Failed, "fault.form", 1)
		s.want(unknown, job.Failed, "fault.internal", 1)
	})
}

// A program that ends, or dies, in the middle of a job takes it up again at its next start; a job that it dies of every
// time is given up.
func TestAJobIsTakenUpAgain(t *testing.T) {
	each(t, func(s *stand) {
		var stop context.CancelFunc
		run := func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			stop = cancel
			s.Run(ctx)
		}
		s.Workers["long"] = func(ctx context.Context, _ job.Job, _ job.Progress) (string, error) {
			stop()
			return "", ctx.Err()
		}
		id := s.enqueue("long", "")
		run()
		s.want(id, job.Running, "", 1)
		for attempt := 2; attempt <= 5; attempt++ {
			if err := s.TakeUp(context.Background()); err != nil {
				t.Fatal(err)
			}
			s.want(id, job.Waiting, "", attempt-1)
			run()
			s.want(id, job.Running, "", attempt)
		}
		s.Workers["long"] = func(context.Context, job.Job, job.Progress) (string, error) {
			t.Error("a job of which the program died five times was tried again")
			return "", nil
		}
		if err := s.TakeUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		s.Drain(context.Background())
		s.want(id, job.Failed, "fault.internal", 5)
	})
}

// The runner works while it runs, as soon as it is woken.
func TestWakeStartsTheWork(t *testing.T) {
	each(t, func(s *stand) {
		ctx, stop := context.WithCancel(context.Background())
		done, ended := make(chan string), make(chan struct{})
		s.Workers["say"] = func(_ context.Context, j job.Job, _ job.Progress) (string, error) { done <- j.Payload; return "", nil }
		go func() { s.Run(ctx); close(ended) }()
		s.enqueue("say", "now")
		s.Wake()
		select {
		case <-done:
		case <-time.After(4 * time.Second):
			t.Error("nobody woke up")
		}
		stop()
		<-ended
	})
}

// Daily work is done once a day, also after a restart, and leaves one line behind.
func TestDailyWork(t *testing.T) {
	each(t, func(s *stand) {
		ctx, did := context.Background(), 0
		s.Daily("sweep", func(context.Context, job.Job, job.Progress) (string, error) { did++; return "", nil })
		for day := 1; day < 4; day++ {
			for range 3 { // starts in between change nothing
				if err := s.Schedule(ctx); err != nil {
					t.Fatal(err)
				}
				s.Drain(ctx)
			}
			if did != day {
				t.Fatalf("done %d times by day %d", did, day)
			}
			s.clock.Add(24*time.Hour - time.Second)
			s.Drain(ctx)
			if did != day {
				t.Fatalf("done %d times before day %d had ended", did, day)
			}
			s.clock.Add(time.Second)
		}
		var rows int
		if err := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM job`).Scan(&rows); err != nil || rows > 2 {
			t.Errorf("%d rows, %v", rows, err)
		}
	})
}

// An end that could not be saved is saved when there is room again; the work is not done twice.
func TestAnEndIsSavedLate(t *testing.T) {
	each(t, func(s *stand) {
		ctx, did := context.Background(), 0
		id := s.enqueue("say", "")
		rename := func(from, to string) {
			if err := s.DB.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, `ALTER TABLE `+from+` RENAME TO `+to)
				return err
			}); err != nil {
				t.Error(err)
			}
		}
		s.Workers["say"] = func(context.Context, job.Job, job.Progress) (string, error) {
			did++
			rename("job", "job_away")
			return "said", nil
		}
		s.Drain(ctx)
		rename("job_away", "job")
		s.want(id, job.Running, "", 1)
		s.Drain(ctx)
		s.want(id, job.Done, "said", 1)
		if did != 1 {
			t.Errorf("done %d times", did)
		}
	})
}
