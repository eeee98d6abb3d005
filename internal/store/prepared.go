package store

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// The embedded database reads a statement anew each time that it is sent, which takes longer than carrying it out where
// a table has many indexes. The one connection that writes therefore keeps the statements that it was sent last.

// preparing is the driver of the embedded database with that memory.
const preparing = "plumbline-sqlite"

func init() { sql.Register(preparing, preparer{}) }

const (
	// mostPrepared is how many statements a connection keeps: those of every verb that is used daily. Each takes some ten
	// thousand bytes.
	mostPrepared = 200
	// longestPrepared is how long a statement may be to be kept; longer ones carry many rows and seldom come twice.
	longestPrepared = 4096
)

type preparer struct{}

// Open opens a connection.
func (preparer) Open(dsn string) (driver.Conn, error) {
	c, err := (&sqlite.Driver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	whole, ok := c.(liteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver of the embedded database lacks what this program needs"), c.Close())
	}
	return &preparedConn{liteConn: whole, by: map[string]*list.Element{}, latest: list.New()}, nil
}

// liteConn is what the driver's connection can do.
type liteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparedConn is a connection with the statements that it was sent last. Like every connection of a driver it serves
// one goroutine at a time.
type preparedConn struct {
	liteConn
	by     map[string]*list.Element
	latest *list.List // of *prepared, the one used last in front
}

type prepared struct {
	query string
	stmt  driver.Stmt
	busy  bool // somebody still reads its rows
}

// Close ends the statements and the connection.
func (c *preparedConn) Close() error {
	for c.latest.Len() > 0 {
		c.forget(c.latest.Back())
	}
	return c.liteConn.Close()
}

// ExecContext carries out a statement, a kept one if there is one.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	e, err := c.find(ctx, query)
	if e == nil {
		if err != nil {
			return nil, err
		}
		return c.liteConn.ExecContext(ctx, query, args)
	}
	res, err := e.Value.(*prepared).stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		c.forget(e)
	}
	return res, err
}

// QueryContext asks a question, a kept one if there is one whose rows nobody reads.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	e, err := c.find(ctx, query)
	if e == nil {
		if err != nil {
			return nil, err
		}
		return c.liteConn.QueryContext(ctx, query, args)
	}
	p := e.Value.(*prepared)
	rows, err := p.stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		c.forget(e)
		return nil, err
	}
	p.busy = true
	return &preparedRows{Rows: rows, of: p}, nil
}

// preparedRows give their statement back when they are closed.
type preparedRows struct {
	driver.Rows
	of *prepared
}

// Close ends the reading.
func (r *preparedRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}

// find gives the kept statement of a text, which it prepares where there is none yet; nil where it is not to be kept or
// is being read.
func (c *preparedConn) find(ctx context.Context, query string) (*list.Element, error) {
	if e, ok := c.by[query]; ok {
		if e.Value.(*prepared).busy {
			return nil, nil
		}
		c.latest.MoveToFront(e)
		return e, nil
	}
	if len(query) > longestPrepared {
		return nil, nil
	}
	stmt, err := c.liteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	for e := c.latest.Back(); e != nil && c.latest.Len() >= mostPrepared; {
		last := e
		if e = e.Prev(); !last.Value.(*prepared).busy {
			c.forget(last)
		}
	}
	e := c.latest.PushFront(&prepared{query: query, stmt: stmt})
	c.by[query] = e
	return e, nil
}

func (c *preparedConn) forget(e *list.Element) {
	p := c.latest.Remove(e).(*prepared)
	delete(c.by, p.query)
	_ = p.stmt.Close()
}
