package report

import (
	"context"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/store"
)

// Templates gives the template that a cycle's plan asks for; FromPlan is the one of the program.
type Templates interface {
	Template(ctx context.Context, r store.Reader, cycle int64) (Template, error)
}

// Past lists what the reporter must answer: last year's findings and promises, in order.
type Past interface {
	Items(ctx context.Context, r store.Reader, unit, cycle int64) ([]PastItem, error)
}

// Numbers gives the counts that a report of the unit may insert, as they stand on the date.
type Numbers interface {
	Of(ctx context.Context, r store.Reader, unit, cycle int64, date string) ([]Number, error)
}

// Register takes the promises of an accepted report into the ledger, within the transaction of the acceptance. It
// gives the things made, so that the entry in the log stands in their history too.
type Register interface {
	RegisterTx(ctx context.Context, tx *store.Tx, actor authz.Actor, of Head, promises []Promise) ([]audit.Subject, error)
}

// Answered may be implemented by what stands in Promises: it is told, within the transaction of the acceptance, what the
// accepted report says to each item of last year, and gives the things that it changed.
type Answered interface {
	AnswerTx(ctx context.Context, tx *store.Tx, actor authz.Actor, of Head, answers []Answer) ([]audit.Subject, error)
}

// Ports is what the report needs of other rooms and of the program. Every one is required.
type Ports struct {
	Templates Templates
	Past      Past
	Numbers   Numbers
	Promises  Register
	Calendar  *calendar.Calendar
	Now       func() time.Time
}

// Today is the organisation's date.
func (p Ports) Today() calendar.Date { return p.Calendar.Today(p.Now()) }
