package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// ReadDraft reads a draft and says everything that is wrong with it, as a file of its id. What stands there beside the
// pack's own checks: it keeps its id, its numbers are not another ledger's, and it serves the engine as the one before
// did. The definition is nil where the text can't be read at all.
func (s *Service) ReadDraft(ctx context.Context, r store.Reader, t TypeDraft) (*Definition, []Problem, error) {
	name := "ledger.json"
	if d := t.Definition(); d != nil && d.ID != "" {
		name = d.ID + ".json"
	}
	d, problems := ParseAmong(name, []byte(t.Body), s.types.roles, s.types.All())
	if d == nil {
		return nil, problems, nil
	}
	all, err := storedDefinitions(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	c := &checker{file: name, lines: map[string]int{}}
	_ = c.index([]byte(t.Body)) // it was read a moment ago
	s.fits(c, t, d, append(all, s.types.All()...))
	problems = append(problems, c.problems...)
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return d, problems, nil
}

func (s *Service) fits(c *checker, t TypeDraft, d *Definition, all []*Definition) {
	use := ""
	if t.Type != "" {
		c.must(d.ID == t.Type, "/id", "ledger.check.id_kept", "ID", t.Type)
		use = s.types.Current(t.Type).For
	} else {
		c.must(!slices.ContainsFunc(all, func(o *Definition) bool { return o.ID == d.ID }), "/id", "ledger.check.id_taken", "ID", d.ID)
	}
	c.must(d.For == use, "/for", "ledger.check.use_kept", "Value", use)
	for _, o := range all {
		if o.ID != d.ID && o.Number == d.Number {
			c.note("/number", "ledger.check.number_taken", "Value", d.Number, "Name", o.ID)
			return
		}
	}
}

// storedDefinitions reads every version of every ledger, the newest first.
func storedDefinitions(ctx context.Context, r store.Reader) ([]*Definition, error) {
	return store.List(ctx, r, `SELECT body FROM ledger_type ORDER BY version DESC, type`, nil, func(rows *sql.Rows) (*Definition, error) {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		d := &Definition{}
		return d, json.Unmarshal([]byte(body), d)
	})
}

// PublishIn is how a draft is published. With Move the open matters go over to the new version; States then says for each
// state that it does not have which one takes its place.
type PublishIn struct {
	Version int // of the draft that the form showed
	Move    bool
	States  map[string]string
}

// Publish puts a draft in force: new matters are born under it from then on. Open matters keep their version, or move
// all at once. It gives the version and how many matters moved.
func (s *Service) Publish(ctx context.Context, actor authz.Actor, id int64, in PublishIn) (version, moved int, err error) {
	err = s.design(ctx, actor, DraftKind, id, func(tx *store.Tx) (audit.Detail, error) {
		t, err := freshDraft(ctx, tx, id, in.Version)
		if err != nil {
			return audit.Detail{}, err
		}
		d, problems, err := s.ReadDraft(ctx, tx, t)
		if err != nil {
			return audit.Detail{}, err
		}
		if len(problems) > 0 {
			return audit.Detail{}, fault.Bad("fault.ledger.draft_wrong", "N", len(problems))
		}
		if version, err = s.putInForce(ctx, tx, actor, d); err != nil {
			return audit.Detail{}, err
		}
		_, err = tx.Exec(ctx, `UPDATE ledger_draft SET published = $1, type = $2, version = version + 1, changed_at = $3 WHERE id = $4`, version, d.ID, tx.Now, id)
		detail := audit.Detail{Note: map[string]string{"what": "publish", "ledger": d.ID, "edition": strconv.Itoa(version)}}
		if err != nil || !in.Move {
			return detail, err
		}
		detail.Also, err = s.moveTx(ctx, tx, actor, d, version, in.States)
		moved = len(detail.Also)
		return detail, err
	})
	if err == nil {
		err = s.types.Refresh(ctx, s.db)
	}
	return version, moved, err
}

// putInForce stores a definition with what earlier versions had, and makes it the one in force.
func (s *Service) putInForce(ctx context.Context, tx *store.Tx, actor authz.Actor, d *Definition) (version int, err error) {
	all, err := storedDefinitions(ctx, tx)
	if err != nil {
		return 0, err
	}
	if was := s.types.Current(d.ID); was != nil {
		all = append([]*Definition{was}, all...)
	}
	d.Gone = d.goneFrom(slices.DeleteFunc(all, func(o *Definition) bool { return o.ID != d.ID }))
	if version, err = storeDefinition(ctx, tx, d, FromOffice, actor.Name); err != nil {
		return 0, err
	}
	return version, setForce(ctx, tx, d.ID, version, false)
}

func setForce(ctx context.Context, tx *store.Tx, id string, version int, retired bool) error {
	_, err := tx.Exec(ctx, `INSERT INTO ledger_force (type, version, retired, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (type) DO UPDATE SET version = $2, retired = $3, at = $4`, id, version, flag(retired), tx.Now)
	return err
}

// Retire takes a ledger out of use, or back into it: no new matters, while those that there are go on to their end. What
// the engine itself registers in can't be retired.
func (s *Service) Retire(ctx context.Context, actor authz.Actor, id string, retired bool) error {
	d := s.types.Current(id)
	if d == nil {
		return fault.Missing()
	}
	if d.For != "" && retired {
		return fault.Bad("fault.ledger.in_use")
	}
	what := "reopen"
	if retired {
		what = "retire"
	}
	err := s.gate.Do(ctx, actor, authz.LedgerDesign, gate.Subject{Kind: LedgerKind, Unit: authz.Whole}, func(tx *store.Tx) (audit.Detail, error) {
		return audit.Detail{Note: map[string]string{"what": what, "ledger": id}}, setForce(ctx, tx, id, s.types.Published(id), retired)
	})
	if err == nil {
		err = s.types.Refresh(ctx, s.db)
	}
	return err
}
