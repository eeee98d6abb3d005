package app

import (
	"context"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/report"
	"plumbline/internal/store"
	"plumbline/internal/web"
)

// rooms makes the domain's services and wires what needs two of them.
func (a *App) rooms() (web.Rooms, error) {
	accounts := account.New(a.Gate, a.DB)
	organisation := org.New(a.Gate, a.DB, a.Pack, a.Zone)
	organisation.Now, organisation.Moved = a.Now, ledger.RetallyTx
	a.Jobs.Workers[org.ImportJob] = organisation.ImportWorker(a.DB.Blobs.Open, func(ctx context.Context, id int64) (authz.Actor, error) {
		who, err := accounts.Account(ctx, authz.System(), id)
		return who.Actor(), err
	})
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
	organisation.Moved = ledger.RetallyTx
	organisation.Joined = func(ctx context.Context, tx *store.Tx, actor authz.Actor, unit, into org.Unit) error {
		_, err := lists.HandOverTx(ctx, tx, actor, unit.ID, into.ID)
		return err
	}
	organisation.Ended = func(ctx context.Context, tx *store.Tx, actor authz.Actor, unit org.Unit, below bool, into org.Unit) (int, error) {
		units, open, err := lists.OpenAt(ctx, tx, unit.Place(), below)
		for _, id := range units {
			if err == nil && into.ID != 0 {
				_, err = lists.HandOverTx(ctx, tx, actor, id, into.ID)
			}
		}
		return open, err
	}
	m := matters{lists, a}
	rooms.Reports = report.New(a.Gate, a.DB, a.DB.Blobs, report.Ports{Templates: report.FromPlan{}, Past: m, Numbers: m,
		Promises: promises{lists}, Calendar: a.Calendar, Now: a.Now})
	if rooms.Results, err = a.results(); err != nil {
		return rooms, err
	}
	rooms.Meetings = meeting.New(a.Gate, a.DB, findings{m})
	// What the cycle asks of other rooms: findings without owners, carry-over, progress, tasks.
	ports := cycle.Ports{Findings: m, CarryOver: m, Progress: []cycle.Progress{rooms.Reports, rooms.Meetings, m, rooms.Results}, Tasks: []cycle.Tasks{rooms.Reports, rooms.Meetings, m, rooms.Results},
		Obstacles: []cycle.Obstacles{rooms.Meetings, rooms.Reports, rooms.Results}}
	if err := a.planAndCycle(&rooms, ports); err != nil {
		return rooms, err
	}
	return rooms, nil
}
