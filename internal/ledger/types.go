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
	"maps"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// Types are the ledgers in force, those of the pack and over them those that the office has published, and on demand the
// versions that older matters were born under. Safe for use by many goroutines.
type Types struct {
	pack  map[string]*Definition
	facts []Fact
	roles []authz.Role
	live  atomic.Pointer[inForce]
	mu    sync.Mutex
	old   map[string]*Definition // by id and version
}

// inForce is what holds at one moment; it is never changed, only replaced.
type inForce struct {
	order   []string
	current map[string]*Definition
	office  map[string]int // the version in force of each type that the office has published
	retired map[string]bool
}

// LoadTypes reads every definition of a pack (ledgers/*.json) and its facts (facts.json), and checks them against the pack's roles. All problems of
// all files come back as one error, one per line.
func LoadTypes(files fs.FS, roles []authz.Role) (*Types, error) {
	names, err := fs.Glob(files, "ledgers/*.json")
	if err != nil {
		return nil, err
	}
	t := &Types{pack: map[string]*Definition{}, roles: roles, old: map[string]*Definition{}}
	var order []string
	checkers := map[string]*checker{}
	var faults []error
	tell := func(c *checker) {
		for _, p := range c.sorted() {
			faults = append(faults, p)
		}
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		d, c := parse(name, text, roles)
		if d == nil {
			tell(c)
			continue
		}
		if t.pack[d.ID] != nil {
			c.note("/id", "ledger.check.doubled_id", "ID", d.ID)
			tell(c)
			continue
		}
		t.pack[d.ID], checkers[d.ID] = d, c
		order = append(order, d.ID)
	}
	facts, wrong, err := loadFacts(files, t.pack, roles)
	if err != nil {
		return nil, err
	}
	for _, p := range wrong {
		faults = append(faults, p)
	}
	t.facts = facts
	for _, id := range order {
		checkers[id].among(t.pack[id], t.pack)
		checkers[id].heldFacts(t.pack[id], facts)
		tell(checkers[id])
	}
	t.live.Store(newInForce(t.pack))
	return t, errors.Join(faults...)
}

func newInForce(current map[string]*Definition) *inForce {
	f := &inForce{current: current, order: slices.Collect(maps.Keys(current)), office: map[string]int{}, retired: map[string]bool{}}
	f.sort()
	return f
}

// sort puts the findings first, then the rest by id.
func (f *inForce) sort() {
	sort.Slice(f.order, func(i, j int) bool {
		a, b := f.current[f.order[i]], f.current[f.order[j]]
		if (a.For == "finding") != (b.For == "finding") {
			return a.For == "finding"
		}
		return a.ID < b.ID
	})
}

// Refresh reads what the office has published. It is called when the program starts and after every publication.
func (t *Types) Refresh(ctx context.Context, r store.Reader) error {
	f := newInForce(maps.Clone(t.pack))
	err := store.Each(ctx, r, `SELECT f.type, f.version, f.retired, COALESCE(t.body, '') FROM ledger_force f
		LEFT JOIN ledger_type t ON t.type = f.type AND t.version = f.version`, nil, func(rows *sql.Rows) error {
		var id, body string
		var version, retired int
		if err := rows.Scan(&id, &version, &retired, &body); err != nil {
			return err
		}
		if body != "" {
			d := &Definition{}
			if err := json.Unmarshal([]byte(body), d); err != nil {
				return fmt.Errorf("ledger: the published definition %s %d: %w", id, version, err)
			}
			f.current[id], f.office[id] = d, version
		}
		f.retired[id] = retired == 1
		return nil
	})
	if err != nil {
		return err
	}
	f.order = slices.Collect(maps.Keys(f.current))
	f.sort()
	t.live.Store(f)
	return nil
}

// IDs lists the ids of the types in force, in the order of All.
func (t *Types) IDs() []string { return t.live.Load().order }

// All lists the definitions in force, with those that take no new matters: theirs are still there.
func (t *Types) All() []*Definition {
	f := t.live.Load()
	out := make([]*Definition, len(f.order))
	for i, id := range f.order {
		out[i] = f.current[id]
	}
	return out
}

// Current gives the definition in force of a type; nil where there is none.
func (t *Types) Current(id string) *Definition { return t.live.Load().current[id] }

// Retired says whether a type takes no new matters.
func (t *Types) Retired(id string) bool { return t.live.Load().retired[id] }

// Published gives the version that the office has published of a type and that is in force; 0 where the pack's own is.
func (t *Types) Published(id string) int { return t.live.Load().office[id] }

// For gives the type that the engine uses for something ("finding", "promise"); nil where there is none.
func (t *Types) For(use string) *Definition {
	f := t.live.Load()
	for _, id := range f.order {
		if f.current[id].For == use && !f.retired[id] {
			return f.current[id]
		}
	}
	return nil
}

// Where a stored definition came from.
const (
	FromPack   = "pack"
	FromOffice = "office"
)

// keep gives the version under which a definition in force is stored, storing it where it is new.
func (t *Types) keep(ctx context.Context, tx *store.Tx, d *Definition) (version int, err error) {
	return storeDefinition(ctx, tx, d, FromPack, "")
}

// storeDefinition gives the version under which a definition is stored, storing it where it is new.
func storeDefinition(ctx context.Context, tx *store.Tx, d *Definition, source, by string) (version int, err error) {
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
	_, err = tx.Exec(ctx, `INSERT INTO ledger_type (type, version, digest, body, created_at, source, actor_name) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, version, digest, string(body), tx.Now, source, by)
	return version, err
}

// DefinitionsOf gives the definitions of matters, by matter, with the words of what earlier versions had (Whole): words,
// which every account may know.
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
		d, err := s.types.At(ctx, s.db, b.kind, b.version)
		if err != nil {
			return nil, err
		}
		out[b.id] = d.Whole()
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

// personFields are the fields of people of the ledgers in force, by id, each once, in order.
func (t *Types) personFields() (ids []string) {
	for _, d := range t.All() {
		for _, f := range d.Fields {
			if f.Kind == KindPerson && !slices.Contains(ids, f.ID) {
				ids = append(ids, f.ID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}
