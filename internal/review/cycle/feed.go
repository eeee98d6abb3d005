package cycle

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// PathOf is the address of a cycle's page.
func PathOf(id int64) string { return fmt.Sprintf("/cycles/%d", id) }

// RenewFeed makes a new secret for the actor's own calendar feed and gives it, this once: only its digest is kept. An
// older address stops working.
func (s *Service) RenewFeed(ctx context.Context, actor authz.Actor) (token string, err error) {
	secret := make([]byte, 24)
	_, _ = rand.Read(secret) // never fails since Go 1.24
	token = base64.RawURLEncoding.EncodeToString(secret)
	err = s.gate.Do(ctx, actor, authz.OwnAccount, gate.Subject{Kind: "account", ID: actor.Account}, func(tx *store.Tx) (audit.Detail, error) {
		_, err := tx.Exec(ctx, `INSERT INTO calendar_feed (account_id, digest, created_at) VALUES ($1, $2, $3)
			ON CONFLICT (account_id) DO UPDATE SET digest = excluded.digest, created_at = excluded.created_at`,
			actor.Account, feedDigest(token), tx.Now)
		return audit.Detail{Changes: []audit.Change{{Field: "calendar_feed", To: "renewed"}}}, err
	})
	return token, err
}

// DropFeed ends the actor's calendar feed.
func (s *Service) DropFeed(ctx context.Context, actor authz.Actor) error {
	return s.gate.Do(ctx, actor, authz.OwnAccount, gate.Subject{Kind: "account", ID: actor.Account}, func(tx *store.Tx) (audit.Detail, error) {
		_, err := tx.Exec(ctx, `DELETE FROM calendar_feed WHERE account_id = $1`, actor.Account)
		return audit.Detail{Changes: []audit.Change{{Field: "calendar_feed", To: "ended"}}}, err
	})
}

func feedDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FeedAccount gives the account whose feed a token opens, with what it may do at present; NotFound where there is none
// or the account was disabled.
func FeedAccount(ctx context.Context, r store.Reader, token string) (authz.Actor, error) {
	var a authz.Actor
	err := r.QueryRow(ctx, `SELECT a.id, a.person_id, a.name, a.lang FROM calendar_feed f JOIN account a ON a.id = f.account_id
		WHERE f.digest = $1 AND a.disabled = 0`, feedDigest(token)).Scan(&a.Account, &a.Person, &a.Name, &a.Lang)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fault.Missing()
	}
	if err != nil {
		return a, err
	}
	a.Grants, err = store.List(ctx, r, `SELECT g.role, u.id, u.path FROM role_grant g JOIN unit u ON u.id = g.unit_id
		WHERE g.account_id = $1 ORDER BY g.id`, []any{a.Account}, func(rows *sql.Rows) (g authz.Grant, err error) {
		err = rows.Scan(&g.Role, &g.Unit.ID, &g.Unit.Path)
		return g, err
	})
	return a, err
}

// FeedSince gives when the account's feed was made, UTC microseconds, or 0 where it has none.
func FeedSince(ctx context.Context, r store.Reader, account int64) (at int64, err error) {
	err = r.QueryRow(ctx, `SELECT created_at FROM calendar_feed WHERE account_id = $1`, account).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return at, err
}

// feedCycles bounds how many cycles one feed holds.
const feedCycles = 40

// Upcoming gives, for every cycle that the reader may know of and that is not closed, its view without rows: what a
// calendar needs. The dates of the report are done when the reports that the reader may know of are in.
func (s *Service) Upcoming(ctx context.Context, scope authz.Scope, today string) ([]View, error) {
	cycles, err := List(ctx, s.db, scope)
	if err != nil {
		return nil, err
	}
	out := []View{}
	for _, c := range cycles {
		if c.State == Closed || len(out) == feedCycles {
			continue
		}
		v, err := s.outline(ctx, scope, c, today)
		if err != nil {
			return nil, err
		}
		if reportAhead(v.Dates) {
			rows, err := s.rows(ctx, c, func(u org.Unit) bool { return v.Whole || scope.Covers(u.Place()) })
			if err != nil {
				return nil, err
			}
			settle(v.Dates, rows)
		}
		out = append(out, v)
	}
	return out, nil
}

// reportAhead says whether a date of the report still reminds somebody, so that it is worth asking whether it is in.
func reportAhead(dates []Date) bool {
	return slices.ContainsFunc(dates, func(d Date) bool {
		return !d.Done && d.Left >= 0 && (d.Deadline.Step == plan.StepDraft || d.Deadline.Step == plan.StepReport)
	})
}

// Event is one whole-day entry of a calendar.
type Event struct {
	UID   string // stays the same when the date moves
	Date  string // YYYY-MM-DD
	Title string
	Text  string
	URL   string
}

// ICal writes a calendar (RFC 5545) of whole-day events. stamp is when it was made.
func ICal(name string, events []Event, stamp time.Time) (string, error) {
	cal := ics.NewCalendarFor("Plumbline")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(name)
	cal.SetXWRCalName(name)
	for _, e := range events {
		day, err := calendar.ParseDate(e.Date)
		if err != nil {
			return "", err
		}
		ev := cal.AddEvent(e.UID)
		ev.SetDtStampTime(stamp)
		ev.SetAllDayStartAt(day.Start(time.UTC))
		ev.SetAllDayEndAt(day.AddDays(1).Start(time.UTC))
		ev.SetSummary(e.Title)
		ev.SetDescription(e.Text)
		if e.URL != "" {
			ev.SetURL(e.URL)
		}
		ev.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return cal.Serialize(ics.WithNewLineWindows), nil
}
