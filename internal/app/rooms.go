package app

import (
	"context"
	"strconv"
	"time"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/board"
	"plumbline/internal/job"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/report"
	"plumbline/internal/web"
)

// rooms makes the domain's services and wires what needs two of them.
func (a *App) rooms() (web.Rooms, error) {
	accounts := account.New(a.Gate, a.DB)
	organisation := org.New(a.Gate, a.DB, a.Pack, a.Zone)
	organisation.Now, organisation.Moved = a.Now, ledger.MovedTx
	actors := func(ctx context.Context, id int64) (authz.Actor, error) {
		who, err := accounts.Account(ctx, authz.System(), id)
		return who.Actor(), err
	}
	a.Jobs.Workers[org.ImportJob] = organisation.ImportWorker(a.DB.Blobs.Open, actors)
	a.Jobs.Workers[account.UnitEndJob] = accounts.UnitEndWorker
	rooms := web.Rooms{
		Org:      organisation,
		Accounts: accounts,
		Ballots:  ballot.New(a.Gate, a.DB, slips{}),
		Who: func(ctx context.Context, token string) (authz.Actor, error) {
			_, actor, err := accounts.Session(ctx, token)
			return actor, err
		},
	}
	lists, err := a.ledgers()
	if err != nil {
		return rooms, err
	}
	rooms.Ledgers = lists
	rooms.Boards = board.New(a.Gate, a.DB, lists)
	a.Jobs.Daily(board.KeepJob, func(ctx context.Context, _ job.Job, progress job.Progress) (string, error) {
		n, err := rooms.Boards.Keep(ctx, progress)
		return strconv.Itoa(n), err
	})
	lists.Accounts = accounts
	a.Jobs.Every(time.Hour, ledger.RecurJob, func(ctx context.Context, _ job.Job, progress job.Progress) (string, error) {
		n, err := lists.Recur(ctx, progress)
		return strconv.FormatInt(n, 10), err
	})
	organisation.Redated = lists.RedateTx
	a.Jobs.Workers[ledger.RedateJob] = lists.RedateWorker
	a.Jobs.Every(ledger.SweepEvery*time.Minute, ledger.SweepJob, func(ctx context.Context, _ job.Job, progress job.Progress) (string, error) {
		n, err := lists.Sweep(ctx, progress)
		return strconv.FormatInt(n, 10), err
	})
	a.Jobs.Workers[ledger.ImportJob] = lists.ImportWorker(a.DB.Blobs.Open, actors)
	m := matters{lists, a}
	rooms.Reports = report.New(a.Gate, a.DB, a.DB.Blobs, report.Ports{Templates: report.FromPlan{}, Past: m, Numbers: m,
		Promises: promises{lists}, Calendar: a.Calendar, Now: a.Now})
	if rooms.Results, err = a.results(); err != nil {
		return rooms, err
	}
	rooms.Meetings = meeting.New(a.Gate, a.DB, findings{m})
	// What the cycle asks of other rooms: findings without owners, carry-over, progress, tasks.
	ports := cycle.Ports{Findings: m, CarryOver: m, Redated: m, Progress: []cycle.Progress{rooms.Reports, rooms.Meetings, m, rooms.Results}, Tasks: []cycle.Tasks{rooms.Reports, rooms.Meetings, m, rooms.Results},
		Obstacles: []cycle.Obstacles{rooms.Meetings, rooms.Reports, rooms.Results}}
	if err := a.planAndCycle(&rooms, ports); err != nil {
		return rooms, err
	}
	organisation.Dependents = []org.Dependents{rooms.Cycles, lists, accounts}
	return rooms, nil
}
