package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"sync"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// Types are the ledgers in force, and on demand the versions that older matters were born under. Safe for use by many
// goroutines.
type Types struct {
	order   []string
	current map[string]*Definition
	mu      sync.Mutex
	old     map[string]*Definition // by id and version
}

// LoadTypes reads every definition of a pack (ledgers/*.json) and checks it against the pack's roles. All problems of
// all files come back as one error, one per line.
func LoadTypes(files fs.FS, roles []authz.Role) (*Types, error) {
	names, err := fs.Glob(files, "ledgers/*.json")
	if err != nil {
		return nil, err
	}
	t := &Types{current: map[string]*Definition{}, old: map[string]*Definition{}}
	var faults []error
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		d, problems := Parse(name, text, roles)
		for _, p := range problems {
			faults = append(faults, p)
		}
		if len(problems) > 0 {
			continue
		}
		if t.current[d.ID] != nil {
			faults = append(faults, Problem{name, 1, "ledger.check.doubled_id", []any{"ID", d.ID}})
		}
		t.current[d.ID] = d
		t.order = append(t.order, d.ID)
	}
	t.sort()
	return t, errors.Join(faults...)
}

// sort puts the findings first, then the rest by id.
func (t *Types) sort() {
	sort.Slice(t.order, func(i, j int) bool {
		a, b := t.current[t.order[i]], t.current[t.order[j]]
		if (a.For == "finding") != (b.For == "finding") {
			return a.For == "finding"
		}
		return a.ID < b.ID
	})
}

// All lists the definitions in force.
func (t *Types) All() []*Definition {
	out := make([]*Definition, len(t.order))
	for i, id := range t.order {
		out[i] = t.current[id]
	}
	return out
}

// Current gives the definition in force of a type; nil where there is none.
func (t *Types) Current(id string) *Definition { return t.current[id] }

// For gives the type that the engine uses for something ("finding", "promise"); nil where the pack has none.
func (t *Types) For(use string) *Definition {
	for _, id := range t.order {
		if t.current[id].For == use {
			return t.current[id]
		}
	}
	return nil
}

// keep gives the version under which a definition is stored, storing it where it is new.
func (t *Types) keep(ctx context.Context, tx *store.Tx, d *Definition) (version int, err error) {
	body, err := json.Marshal(d)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	err = tx.QueryRow(ctx, `SELECT version FROM ledger_type WHERE type = $1 AND digest = $2`, d.ID, digest).Scan(&version)
	if !errors.Is(err, sql.ErrNoRows) {
		return version, err
	}
	err = tx.QueryRow(ctx, `SELECT COALESCE(MAX(version), 0) + 1 FROM ledger_type WHERE type = $1`, d.ID).Scan(&version)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ledger_type (type, version, digest, body, created_at) VALUES ($1, $2, $3, $4, $5)`,
		d.ID, version, digest, string(body), tx.Now)
	return version, err
}

// DefinitionsOf gives the definitions that matters were born under, by matter: words, which every account may know.
func (s *Service) DefinitionsOf(ctx context.Context, matters []int64) (map[int64]*Definition, error) {
	out := map[int64]*Definition{}
	ids := distinct(matters)
	if len(ids) == 0 {
		return out, nil
	}
	type born struct {
		id      int64
		kind    string
		version int
	}
	w := &where{}
	in(w, "id", ids)
	list, err := store.List(ctx, s.db, `SELECT id, type, type_version FROM matter WHERE `+w.String(), w.args, func(rows *sql.Rows) (b born, err error) {
		err = rows.Scan(&b.id, &b.kind, &b.version)
		return b, err
	})
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		if out[b.id], err = s.types.At(ctx, s.db, b.kind, b.version); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// At gives the version of a definition that a matter was born under.
func (t *Types) At(ctx context.Context, r store.Reader, id string, version int) (*Definition, error) {
	key := fmt.Sprintf("%s %d", id, version)
	t.mu.Lock()
	d := t.old[key]
	t.mu.Unlock()
	if d != nil {
		return d, nil
	}
	var body string
	err := r.QueryRow(ctx, `SELECT body FROM ledger_type WHERE type = $1 AND version = $2`, id, version).Scan(&body)
	if err != nil {
		return nil, fmt.Errorf("ledger: the definition %s is not stored: %w", key, err)
	}
	d = &Definition{}
	if err := json.Unmarshal([]byte(body), d); err != nil {
		return nil, fmt.Errorf("ledger: the stored definition %s: %w", key, err)
	}
	// A definition read inside a transaction that is then rolled back must not be remembered under a number that
	// another one gets later.
	if _, writing := r.(*store.Tx); !writing {
		t.mu.Lock()
		t.old[key] = d
		t.mu.Unlock()
	}
	return d, nil
}
