// Package job does work later: enqueued in the verb's own transaction, so that neither can happen without the other,
// done in the background, with progress that a page can show. A job that was running when the program died starts
// again; its work must therefore be safe to repeat.
package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// The states of a job.
const (
	Waiting = "waiting"
	Running = "running"
	Done    = "done"
	Failed  = "failed"
)

const maxAttempts = 5

// Job is one piece of work. Payload and Result are the worker's own text (JSON as a rule); Result of a failed job is a
// wording key. Times are UTC microseconds; Total 0 means that the size is not known yet.
type Job struct {
	ID       int64
	Kind     string
	Payload  string
	Account  int64
	State    string
	Done     int64
	Total    int64
	Result   string
	Attempts int
	RunAfter int64
	Created  int64
	Ended    int64
}

const columns = `id, kind, payload, account_id, state, done, total, result, attempts, run_after, created_at, ended_at`

func scan(row interface{ Scan(...any) error }) (j Job, err error) {
	err = row.Scan(&j.ID, &j.Kind, &j.Payload, &j.Account, &j.State, &j.Done, &j.Total, &j.Result, &j.Attempts, &j.RunAfter, &j.Created, &j.Ended)
	return j, err
}

// Enqueue puts a job into the queue, as part of tx.
func Enqueue(ctx context.Context, tx *store.Tx, kind, payload string, account int64) (int64, error) {
	return EnqueueAt(ctx, tx, kind, payload, account, tx.Now)
}

// EnqueueAt puts a job into the queue that is not done before a time, UTC microseconds.
func EnqueueAt(ctx context.Context, tx *store.Tx, kind, payload string, account, at int64) (int64, error) {
	return tx.Insert(ctx, `INSERT INTO job (kind, payload, account_id, state, done, total, result, attempts, run_after, created_at, ended_at)
		VALUES ($1, $2, $3, $4, 0, 0, '', 0, $5, $6, 0) RETURNING id`, kind, payload, account, Waiting, at, tx.Now)
}

// Find gives a job of the account that enqueued it.
func Find(ctx context.Context, r store.Reader, id, account int64) (Job, error) {
	j, err := scan(r.QueryRow(ctx, `SELECT `+columns+` FROM job WHERE id = $1 AND account_id = $2`, id, account))
	if errors.Is(err, sql.ErrNoRows) {
		return j, fault.Missing()
	}
	return j, err
}

// After gives the jobs of a kind that the account enqueued after one of its jobs, in their order.
func After(ctx context.Context, r store.Reader, kind string, account, id int64) ([]Job, error) {
	return store.List(ctx, r, `SELECT `+columns+` FROM job WHERE id > $1 AND account_id = $2 AND kind = $3 ORDER BY id`, []any{id, account, kind},
		func(rows *sql.Rows) (Job, error) { return scan(rows) })
}

// Progress tells how far the work is; a worker may call it as often as it likes.
type Progress func(done, total int64)

// Worker does one kind of work and gives its result. A fault ends the job as failed, but for Unavailable (no room, too
// busy); that and any other error tries again, later and later, five times in all.
type Worker func(ctx context.Context, j Job, progress Progress) (result string, err error)

// Runner runs jobs one after the other.
type Runner struct {
	DB      *store.DB
	Workers map[string]Worker
	Log     *slog.Logger
	wake    chan struct{}

	every map[string]time.Duration

	mu   sync.Mutex
	live map[int64][2]int64 // how far the running jobs are
	late []change           // ends of jobs that could not be saved yet
}

// change is an end of a job on its way into the database.
type change struct {
	id    int64
	query string
	args  []any
}

// NewRunner makes a runner; Run starts it.
func NewRunner(db *store.DB, log *slog.Logger) *Runner {
	return &Runner{DB: db, Workers: map[string]Worker{}, Log: log, wake: make(chan struct{}, 1), every: map[string]time.Duration{}, live: map[int64][2]int64{}}
}

// Find gives a job of the account that enqueued it, with how far it is at this moment.
func (r *Runner) Find(ctx context.Context, id, account int64) (Job, error) {
	j, err := Find(ctx, r.DB, id, account)
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, running := r.live[id]; running && err == nil && j.State == Running {
		j.Done, j.Total = at[0], at[1]
	}
	return j, err
}

// Wake tells the runner that something was enqueued.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Daily lets a worker run once a day, by itself. Call it before Run.
func (r *Runner) Daily(kind string, w Worker) { r.Every(24*time.Hour, kind, w) }

// Every lets a worker run by itself, so long after it was last done. Call it before Run.
func (r *Runner) Every(after time.Duration, kind string, w Worker) {
	r.Workers[kind], r.every[kind] = w, after
}

// Schedule puts the work that recurs and is not waiting already into the queue, its time after it was last done. Run
// calls it.
func (r *Runner) Schedule(ctx context.Context) error {
	for kind, after := range r.every {
		err := r.DB.Write(ctx, func(tx *store.Tx) error { return scheduleTx(ctx, tx, kind, after) })
		if err != nil {
			return err
		}
	}
	return nil
}

func scheduleTx(ctx context.Context, tx *store.Tx, kind string, after time.Duration) error {
	var open, last int64
	err := tx.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN state IN ($2, $3) THEN 1 ELSE 0 END), 0), COALESCE(MAX(ended_at), 0)
		FROM job WHERE kind = $1`, kind, Waiting, Running).Scan(&open, &last)
	if err != nil || open > 0 {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM job WHERE kind = $1`, kind); err != nil {
		return err
	}
	at := tx.Now
	if last > 0 {
		at = last + (24 * time.Hour).Microseconds()
	}
	_, err = EnqueueAt(ctx, tx, kind, "", 0, at)
	return err
}

// Run works until ctx ends. It first takes up again what was running when the program last died.
func (r *Runner) Run(ctx context.Context) {
	if err := errors.Join(r.TakeUp(ctx), r.Schedule(ctx)); err != nil && ctx.Err() == nil {
		r.Log.Error("jobs can't be taken up again", "error", err)
	}
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		r.saveLate(ctx)
		for r.next(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// TakeUp lets wait again what was running when the program died; what died with it as often as may be tried has failed.
func (r *Runner) TakeUp(ctx context.Context) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job SET state = $1, result = $2, ended_at = $3 WHERE state = $4 AND attempts >= $5`,
			Failed, "fault.internal", tx.Now, Running, maxAttempts)
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE job SET state = $1 WHERE state = $2`, Waiting, Running)
		}
		return err
	})
}

// Drain does everything that is due and returns; tests and the terminal use it, never beside Run.
func (r *Runner) Drain(ctx context.Context) {
	r.saveLate(ctx)
	for r.next(ctx) {
	}
}

func (r *Runner) next(ctx context.Context) bool {
	j, ok, err := r.take(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("no job can be taken", "error", err)
		}
		return false
	}
	if ok {
		r.run(ctx, j)
	}
	if ok && r.every[j.Kind] > 0 && ctx.Err() == nil {
		if err := r.Schedule(ctx); err != nil {
			r.Log.Error("work that recurs can't be put down", "kind", j.Kind, "error", err)
		}
	}
	return ok
}

func (r *Runner) take(ctx context.Context) (j Job, ok bool, err error) {
	now := r.DB.Now().UTC().UnixMicro()
	j, err = scan(r.DB.QueryRow(ctx, `SELECT `+columns+` FROM job WHERE state = $1 AND run_after <= $2 ORDER BY id LIMIT 1`, Waiting, now))
	if errors.Is(err, sql.ErrNoRows) {
		return j, false, nil
	}
	if err != nil {
		return j, false, err
	}
	err = r.DB.Write(ctx, func(tx *store.Tx) error {
		ok, err = tx.Change(ctx, `UPDATE job SET state = $1, attempts = attempts + 1 WHERE id = $2 AND state = $3`, Running, j.ID, Waiting)
		return err
	})
	j.Attempts++
	return j, ok, err
}

func (r *Runner) run(ctx context.Context, j Job) {
	// Progress is kept in memory: a worker tells it from inside its own transaction, and there is one writer at a time.
	progress := func(done, total int64) {
		r.mu.Lock()
		r.live[j.ID] = [2]int64{done, total}
		r.mu.Unlock()
	}
	defer func() {
		r.mu.Lock()
		delete(r.live, j.ID)
		r.mu.Unlock()
	}()
	result, err := r.work(ctx, j, progress)
	if ctx.Err() != nil {
		return // taken up again at the next start
	}
	now := r.DB.Now().UTC().UnixMicro()
	f := fault.As(err)
	switch {
	case err == nil:
		r.set(ctx, j.ID, `UPDATE job SET state = $2, result = $3, ended_at = $4 WHERE id = $1`, j.ID, Done, result, now)
	case (f == nil || f.Kind == fault.Unavailable) && j.Attempts < maxAttempts:
		r.Log.Error("a job failed and will be tried again", "kind", j.Kind, "job", j.ID, "error", err)
		wait := int64(time.Minute/time.Microsecond) << j.Attempts
		r.set(ctx, j.ID, `UPDATE job SET state = $2, run_after = $3 WHERE id = $1`, j.ID, Waiting, now+wait)
	default:
		key := "fault.internal"
		if f != nil {
			key = f.Key
		}
		r.Log.Error("a job failed", "kind", j.Kind, "job", j.ID, "error", err)
		r.set(ctx, j.ID, `UPDATE job SET state = $2, result = $3, ended_at = $4 WHERE id = $1`, j.ID, Failed, key, now)
	}
}

func (r *Runner) work(ctx context.Context, j Job, progress Progress) (result string, err error) {
	worker := r.Workers[j.Kind]
	if worker == nil {
		return "", fault.Bad("fault.internal")
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job %s: %v", j.Kind, p)
		}
	}()
	return worker(ctx, j, progress)
}

// set saves the end of a job. Where that can't be done (no room) it is kept and tried again at the next beat.
func (r *Runner) set(ctx context.Context, id int64, query string, args ...any) {
	r.late = append(r.late, change{id, query, args})
	r.saveLate(ctx)
}

func (r *Runner) saveLate(ctx context.Context) {
	for len(r.late) > 0 {
		c := r.late[0]
		err := r.DB.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, c.query, c.args...)
			return err
		})
		if err != nil {
			if ctx.Err() == nil {
				r.Log.Error("a job's state can't be saved yet", "job", c.id, "error", err)
			}
			return
		}
		r.late = r.late[1:]
	}
}
