package store

import (
	"context"
	"errors"
	"time"

	"plumbline/internal/fault"
)

// claimWait is how long a program that starts waits for the one before it to be gone.
const claimWait = 3 * time.Second

// errServed says that the database is taken.
var errServed = &fault.Error{Kind: fault.Unavailable, Key: "fault.served"}

// Claim makes this process the one that serves the database, until release: two would do the same work in the
// background. Commands that serve nothing claim nothing and work beside it. An Unavailable fault where another one serves.
func (db *DB) Claim(ctx context.Context) (release func(), err error) {
	if db.Dialect == Postgres {
		return db.claimServer(ctx)
	}
	release, err = db.lockFile(ctx, "serving.lock", claimWait)
	if isBusy(err) {
		return nil, errServed
	}
	return release, err
}

// claimServer holds an advisory lock of the database in a session of its own. The server lets it go when the session
// ends; should the machine of a program die without a word, the keepalives tell the server within two minutes. On a
// socket of the same machine there are none, and none are needed.
func (db *DB) claimServer(ctx context.Context) (release func(), err error) {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return nil, plain(err)
	}
	for _, set := range []string{`SET tcp_keepalives_idle = 60`, `SET tcp_keepalives_interval = 10`, `SET tcp_keepalives_count = 5`} {
		if _, err := conn.ExecContext(ctx, set); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	got := false
	for until := time.Now().Add(claimWait); ; {
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock(7062)`).Scan(&got); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		if got || time.Now().After(until) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), conn.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
	if !got {
		return nil, errors.Join(errServed, conn.Close())
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(7062)`)
		_ = conn.Close()
	}, nil
}
