package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// DraftKind is what the log calls a draft of a definition, and LedgerKind a ledger itself.
const (
	DraftKind  = "ledger_draft"
	LedgerKind = "ledger"
)

// maxBody is how long a draft may be, in bytes: many times the longest definition of a pack.
const maxBody = 400_000

// TypeDraft is a definition in the making. Type is "" while it is of a ledger that does not exist yet. BasedOn is the
// version that it was begun from, 0 for one that was never stored. Body may be anything; Read says what is wrong with
// it. Published is the version that it became, 0 while it is a draft.
type TypeDraft struct {
	ID        int64
	Type      string
	BasedOn   int
	Title     wording.Text
	Body      string
	Who       int64
	Name      string // of whoever began it
	CreatedAt int64
	ChangedAt int64
	Published int
	Version   int
}

// Definition is what the draft says, as far as it can be read at all; nil where it can't.
func (t TypeDraft) Definition() *Definition {
	d := &Definition{}
	if json.Unmarshal([]byte(t.Body), d) != nil {
		return nil
	}
	return d
}

const draftColumns = `id, type, based_on, name, name_en, body, account_id, actor_name, created_at, changed_at, published, version`

func scanDraft(row interface{ Scan(...any) error }) (t TypeDraft, err error) {
	var zh, en string
	err = row.Scan(&t.ID, &t.Type, &t.BasedOn, &zh, &en, &t.Body, &t.Who, &t.Name, &t.CreatedAt, &t.ChangedAt, &t.Published, &t.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	t.Title = wording.Text{"zh": zh, "en": en}
	return t, err
}

// mayDesign says whether somebody may make and change ledgers: they are the whole installation's.
func (s *Service) mayDesign(actor authz.Actor) bool {
	return s.gate.Policy().Allows(actor, authz.LedgerDesign, authz.Whole)
}

// TypeDrafts lists the drafts that are not yet published, the last changed first.
func (s *Service) TypeDrafts(ctx context.Context, actor authz.Actor) ([]TypeDraft, error) {
	if !s.mayDesign(actor) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return store.List(ctx, s.db, `SELECT `+draftColumns+` FROM ledger_draft WHERE published = 0 ORDER BY changed_at DESC, id DESC LIMIT 200`, nil,
		func(rows *sql.Rows) (TypeDraft, error) { return scanDraft(rows) })
}

// TypeDraft gives one draft that is not yet published.
func (s *Service) TypeDraft(ctx context.Context, actor authz.Actor, id int64) (TypeDraft, error) {
	if !s.mayDesign(actor) {
		return TypeDraft{}, fault.Missing()
	}
	return draftByID(ctx, s.db, id)
}

func draftByID(ctx context.Context, r store.Reader, id int64) (TypeDraft, error) {
	return scanDraft(r.QueryRow(ctx, `SELECT `+draftColumns+` FROM ledger_draft WHERE id = $1 AND published = 0`, id))
}

// design carries out one verb upon a draft, or upon a ledger where id is 0.
func (s *Service) design(ctx context.Context, actor authz.Actor, kind string, id int64, verb gate.Verb) error {
	return s.gate.Do(ctx, actor, authz.LedgerDesign, gate.Subject{Kind: kind, ID: id, Unit: authz.Whole}, verb)
}

// CopyIn is what a copy is called: name of the ledger and of one matter, and the letters before its numbers.
type CopyIn struct {
	Name, One wording.Text
	Prefix    string
}

// CopyType begins a draft of a new ledger that is like another one. What the engine uses the other for it keeps to
// itself, and so does it what its steps make in further ledgers.
func (s *Service) CopyType(ctx context.Context, actor authz.Actor, from string, in CopyIn) (int64, error) {
	was := s.types.Current(from)
	if was == nil {
		return 0, fault.Missing()
	}
	d := *was
	d.ID, d.For, d.Gone = MakeID(in.Name["en"], nil), "", Gone{}
	d.Name, d.One = trimmed(in.Name), trimmed(in.One)
	d.Steps, d.Recurrence = slices.Clone(d.Steps), nil
	for i := range d.Steps {
		// Other ledgers say from which ones they may be made; a new one is not among them.
		d.Steps[i].Spawn = nil
	}
	d.Number = strings.TrimSpace(in.Prefix) + "-{year}-{seq}"
	var form fault.Form
	for _, lang := range wording.Languages {
		form.Check(d.Name[lang] != "", "name_"+lang, "fault.ledger.needed")
		form.Check(d.One[lang] != "", "one_"+lang, "fault.ledger.needed")
	}
	form.Check(strings.TrimSpace(in.Prefix) != "", "prefix", "fault.ledger.needed")
	form.Check(d.Name["en"] == "" || d.ID != "", "name_en", "fault.ledger.no_id")
	form.Check(s.types.Current(d.ID) == nil, "name_en", "fault.ledger.name_taken")
	if err := form.Err(); err != nil {
		return 0, err
	}
	return s.beginDraft(ctx, actor, "", 0, &d)
}

// ChangeType begins a draft of the next version of a ledger.
func (s *Service) ChangeType(ctx context.Context, actor authz.Actor, id string) (int64, error) {
	was := s.types.Current(id)
	if was == nil {
		return 0, fault.Missing()
	}
	d := *was
	d.Gone = Gone{}
	return s.beginDraft(ctx, actor, id, s.types.Published(id), &d)
}

func (s *Service) beginDraft(ctx context.Context, actor authz.Actor, kind string, based int, d *Definition) (id int64, err error) {
	err = s.design(ctx, actor, DraftKind, 0, func(tx *store.Tx) (audit.Detail, error) {
		id, err = tx.Insert(ctx, `INSERT INTO ledger_draft (type, based_on, name, name_en, body, account_id, actor_name, created_at, changed_at, published, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0, 1) RETURNING id`, kind, based, d.Name["zh"], d.Name["en"], d.Text(), actor.Account, actor.Name, tx.Now)
		return audit.Detail{ID: id, Note: map[string]string{"what": "begin"}, Changes: []audit.Change{{Field: "ledger", To: d.ID}}}, err
	})
	return id, err
}

// SaveTypeDraft puts a text in a draft's place, right or wrong; version is that of the draft which the form showed. One
// that somebody else has saved since comes back as a Stale fault whose Current is the TypeDraft as it stands.
func (s *Service) SaveTypeDraft(ctx context.Context, actor authz.Actor, id int64, version int, body string) error {
	if len(body) > maxBody {
		return fault.Bad("fault.ledger.body_long", "Max", maxBody/1000)
	}
	return s.design(ctx, actor, DraftKind, id, func(tx *store.Tx) (audit.Detail, error) {
		t, err := freshDraft(ctx, tx, id, version)
		if err != nil {
			return audit.Detail{}, err
		}
		detail := audit.Detail{Note: map[string]string{"what": "save"}}
		t.Body = strings.ReplaceAll(body, "\r\n", "\n")
		if d := t.Definition(); d != nil {
			t.Title = d.Name
		}
		_, err = tx.Exec(ctx, `UPDATE ledger_draft SET body = $1, name = $2, name_en = $3, changed_at = $4, version = version + 1 WHERE id = $5`,
			t.Body, t.Title["zh"], t.Title["en"], tx.Now, id)
		return detail, err
	})
}

// DropTypeDraft throws a draft away.
func (s *Service) DropTypeDraft(ctx context.Context, actor authz.Actor, id int64) error {
	return s.design(ctx, actor, DraftKind, id, func(tx *store.Tx) (audit.Detail, error) {
		if _, err := draftByID(ctx, tx, id); err != nil {
			return audit.Detail{}, err
		}
		_, err := tx.Exec(ctx, `DELETE FROM ledger_draft WHERE id = $1`, id)
		return audit.Detail{Note: map[string]string{"what": "drop"}}, err
	})
}

func freshDraft(ctx context.Context, tx *store.Tx, id int64, version int) (TypeDraft, error) {
	t, err := draftByID(ctx, tx, id)
	if err == nil && t.Version != version {
		err = fault.Outdated(t)
	}
	return t, err
}

func trimmed(t wording.Text) wording.Text {
	out := wording.Text{}
	for lang, s := range t {
		out[lang] = strings.TrimSpace(s)
	}
	return out
}

// MakeID makes an id of an English name, one that is not taken; "" where the name has no letters to make one of.
func MakeID(name string, taken func(id string) bool) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
		if b.Len() >= 36 {
			break
		}
	}
	id := strings.Trim(b.String(), "_")
	if id == "" || taken == nil || !taken(id) {
		return id
	}
	for n := 'b'; n <= 'z'; n++ {
		if next := id + "_" + string(n); !taken(next) {
			return next
		}
	}
	return ""
}

// memberName is what the files of a pack call a member of a definition.
func memberName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
