package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// Service is the verbs and the reads of reports. It is safe for use by many goroutines.
type Service struct {
	gate  *gate.Gate
	db    store.Reader
	files *store.Blobs
	ports Ports
}

// New makes the service; every port must be given.
func New(g *gate.Gate, db store.Reader, files *store.Blobs, ports Ports) *Service {
	return &Service{g, db, files, ports}
}

// Save is one part of the working text as its author sends it. Version is of the part that the author saw (0: nothing
// had been written).
type Save struct {
	Reporter int64
	Part     string
	Body     string
	Version  int
}

// Save keeps one part. Whoever may write for the unit may call it while the report is open. When somebody else changed
// the part since, nothing is overwritten: the text sent is put aside for its author and the fault is Stale, with the
// Part that stands there as Current. The text that stands there already is no change and never stale.
func (s *Service) Save(ctx context.Context, actor authz.Actor, in Save) (Part, error) {
	h, err := findHead(ctx, s.db, in.Reporter)
	if err != nil {
		return Part{}, err
	}
	if in.Body, err = s.checkPart(ctx, h, in.Part, in.Body); err != nil {
		return Part{}, err
	}
	if now, err := findPart(ctx, s.db, in.Reporter, in.Part); err != nil || now.Body == in.Body && s.may(actor, authz.ReportWrite, h) {
		return now, err
	}
	var saved Part
	stale := false
	err = s.gate.Do(ctx, actor, authz.ReportWrite, subject(h), func(tx *store.Tx) (d audit.Detail, err error) {
		if h, err = findHead(ctx, tx, in.Reporter); err == nil {
			err = canWrite(h)
		}
		if err != nil {
			return d, err
		}
		if saved, err = findPart(ctx, tx, in.Reporter, in.Part); err != nil {
			return d, err
		}
		if stale = saved.Version != in.Version && saved.Body != in.Body; stale {
			d.Note = map[string]string{"aside": in.Part}
			return d, putAside(ctx, tx, in.Reporter, actor.Account, in.Part, in.Body)
		}
		d.Changes = []audit.Change{{Field: in.Part, From: sizeOf(saved.Body), To: sizeOf(in.Body)}}
		if saved, err = s.writePart(ctx, tx, actor, h, saved, in.Body); err != nil {
			return d, err
		}
		moved, err := cycle.AdvanceTx(ctx, tx, h.Cycle, cycle.Reporting)
		if len(moved) > 0 {
			d.Changes, d.Also = append(d.Changes, moved...), []audit.Subject{{Kind: "cycle", ID: h.Cycle}}
		}
		return d, err
	})
	if err == nil && stale {
		return saved, fault.Outdated(saved)
	}
	return saved, err
}

// sizeOf is what the log says of a text: how long it is, not what it says.
func sizeOf(body string) string { return fmt.Sprintf("%d", Length(body)) }

func (s *Service) writePart(ctx context.Context, tx *store.Tx, actor authz.Actor, h Head, old Part, body string) (Part, error) {
	if err := s.keepDraft(ctx, tx, actor, h, old); err != nil {
		return old, err
	}
	next := Part{old.Key, body, actor.Account, actor.Name, tx.Now, old.Version + 1}
	if err := putPart(ctx, tx, h.Reporter, next); err != nil {
		return old, err
	}
	if err := dropAside(ctx, tx, h.Reporter, actor.Account, old.Key); err != nil {
		return old, err
	}
	return next, touch(ctx, tx, h.Reporter)
}

// keepDraft keeps the whole text as it stands before a change, if one is due, and lets the oldest drafts go.
func (s *Service) keepDraft(ctx context.Context, tx *store.Tx, actor authz.Actor, h Head, old Part) error {
	last, err := lastKept(ctx, tx, h.Reporter, actor.Account)
	if err != nil || h.Version == 0 || !keepsDraft(tx.Now, last, old, actor.Account) {
		return err
	}
	c, err := s.gather(ctx, tx, h)
	if err != nil {
		return err
	}
	if _, err = keepVersion(ctx, tx, actor, h.Reporter, 0, c, nil); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM report_version WHERE reporter_id = $1 AND number = 0 AND id NOT IN
		(SELECT id FROM report_version WHERE reporter_id = $1 AND number = 0 ORDER BY id DESC LIMIT $2)`, h.Reporter, maxDrafts)
	return err
}

// keepVersion writes a kept state; nothing ever changes it.
func keepVersion(ctx context.Context, tx *store.Tx, actor authz.Actor, reporter int64, number int, c Content, checks []Check) (digest string, err error) {
	body, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	looked, err := json.Marshal(checks)
	if err != nil {
		return "", err
	}
	digest = digestOf(string(body))
	_, err = tx.Exec(ctx, `INSERT INTO report_version (reporter_id, number, at, account_id, name, body, digest, checks)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, reporter, number, tx.Now, actor.Account, actor.Name, string(body), digest, string(looked))
	return digest, err
}

// digestOf is the fingerprint of a kept state; the log holds it.
func digestOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// checkPart says whether the report has such a part, and gives its body tidied.
func (s *Service) checkPart(ctx context.Context, h Head, key, body string) (string, error) {
	t, err := s.ports.Templates.Template(ctx, s.db, h.Cycle)
	if err != nil {
		return "", err
	}
	if !validKey(key) {
		return "", fault.Missing()
	}
	id, item := SplitKey(key)
	sec, ok := t.Find(id)
	if !ok {
		return s.checkGone(ctx, h, key, body)
	}
	if (item != "") != (sec.Kind == Answers) {
		return "", fault.Missing()
	}
	if item != "" {
		if err := s.checkItem(ctx, h, key, item); err != nil {
			return "", err
		}
	}
	if sec.Kind == Promises {
		return checkPromises(DecodePromises(body))
	}
	return checkText(body)
}

// validKey keeps out what no database takes as a key.
func validKey(key string) bool {
	return key != "" && len(key) <= 200 && utf8.ValidString(key) && !strings.ContainsFunc(key, unicode.IsControl)
}

func checkText(body string) (string, error) {
	if body = tidy(body); len(body) > MaxPart {
		return "", formFault("body", "fault.report.too_long", "Limit", MaxPart/3)
	}
	return body, nil
}

// checkGone lets a text be changed or emptied whose section the plan has no more.
func (s *Service) checkGone(ctx context.Context, h Head, key, body string) (string, error) {
	p, err := findPart(ctx, s.db, h.Reporter, key)
	switch {
	case err != nil:
		return "", err
	case p.Body == "":
		return "", fault.Missing()
	case len(DecodePromises(p.Body)) > 0:
		return checkPromises(DecodePromises(body))
	}
	return checkText(body)
}

func (s *Service) checkItem(ctx context.Context, h Head, key, item string) error {
	items, err := s.ports.Past.Items(ctx, s.db, h.Unit.ID, h.Cycle)
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.Key == item {
			return nil
		}
	}
	if p, err := findPart(ctx, s.db, h.Reporter, key); err != nil || p.Version > 0 {
		return err
	}
	return fault.Missing()
}

// checkPromises looks at the rows as they were typed; the fields are target.1, measure.1, date.1 and so on.
func checkPromises(rows []Promise) (string, error) {
	var f fault.Form
	f.Check(len(rows) <= MaxPromises, "", "fault.report.too_many_promises", "Limit", MaxPromises)
	for i, p := range rows {
		if p.Date != "" {
			_, err := calendar.ParseDate(p.Date)
			f.Check(err == nil, fmt.Sprintf("date.%d", i+1), "fault.report.bad_date", "Row", i+1)
		}
		f.Check(len(p.Target) <= MaxRemark, fmt.Sprintf("target.%d", i+1), "fault.report.too_long", "Limit", MaxRemark/3)
		f.Check(len(p.Measure) <= MaxRemark, fmt.Sprintf("measure.%d", i+1), "fault.report.too_long", "Limit", MaxRemark/3)
	}
	if err := f.Err(); err != nil {
		return "", err
	}
	return EncodePromises(rows), nil
}

func formFault(field, key string, args ...any) error {
	var f fault.Form
	f.Add(field, key, args...)
	return f.Err()
}

// DropAside throws away the text that the actor's stale save had put aside: the actor took the other's.
func (s *Service) DropAside(ctx context.Context, actor authz.Actor, reporter int64, part string) error {
	h, err := findHead(ctx, s.db, reporter)
	if err == nil && !validKey(part) {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.ReportWrite, subject(h), func(tx *store.Tx) (audit.Detail, error) {
		return audit.Detail{Note: map[string]string{"aside_dropped": part}}, dropAside(ctx, tx, reporter, actor.Account, part)
	})
}

// subject is the report as its own unit writes it; reviewed is the same as the convenor's unit sees it.
func subject(h Head) gate.Subject {
	return gate.Subject{Kind: "report", ID: h.Reporter, Unit: h.place()}
}

func reviewed(h Head) gate.Subject {
	return gate.Subject{Kind: "report", ID: h.Reporter, Unit: h.bench()}
}

// may says whether the actor may do to the report what its own unit does.
func (s *Service) may(actor authz.Actor, act authz.Action, h Head) bool {
	return s.gate.Policy().Allows(actor, act, h.place())
}
