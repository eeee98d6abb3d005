// Package pack reads a domain in data: its wording, unit kinds, posts, groups, roles, calendar, and the files that the
// rooms parse themselves (plan, report template, ledger types, letters). The engine rooms know nothing of any domain;
// everything that they need of one stands in a pack.
package pack

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sort"

	"plumbline/internal/authz"
	"plumbline/internal/wording"
)

// Kind is a named kind of something: of units, posts or groups.
type Kind struct {
	ID    string       `json:"id"`
	Name  wording.Text `json:"name"`
	Level int          `json:"level,omitempty"` // of a unit kind: 0 is the top
	// Of a post kind: the person who holds it reports for the unit.
	Reports bool `json:"reports,omitempty"`
	// Of a post kind: the kind of post whose holders stand in while it is vacant.
	Deputy string `json:"deputy,omitempty"`
	// Of a post kind: a unit has as many of these posts as it likes, one for each person.
	Many bool `json:"many,omitempty"`
}

// LedgerGroup is some ledgers that belong together, by id, in the order in which they are shown.
type LedgerGroup struct {
	Name    wording.Text `json:"name"`
	Ledgers []string     `json:"ledgers"`
}

// Role is a role of the pack: what it is called and what it may do.
type Role struct {
	ID    string         `json:"id"`
	Name  wording.Text   `json:"name"`
	Hint  wording.Text   `json:"hint"`
	Here  []authz.Action `json:"here"`
	Below []authz.Action `json:"below"`
}

// Pack is a domain in data. Files holds everything; what the rooms parse themselves is read from there:
// calendar.json, plan.json, ledgers/*.json, letters/*.json.
type Pack struct {
	ID         string
	Name       wording.Text
	UnitKinds  []Kind
	PostKinds  []Kind
	GroupKinds []Kind
	// LedgerGroups are the groups in which the ledgers are shown, in order; a ledger in none comes after them.
	LedgerGroups []LedgerGroup
	Roles        []Role
	Terms        wording.Terms
	Files        fs.FS
}

type manifest struct {
	ID         string        `json:"id"`
	Name       wording.Text  `json:"name"`
	UnitKinds  []Kind        `json:"unit_kinds"`
	PostKinds  []Kind        `json:"post_kinds"`
	GroupKinds []Kind        `json:"group_kinds"`
	Ledgers    []LedgerGroup `json:"ledger_groups"`
}

// Load reads pack.json, roles.json and terms.json of a pack and checks them.
func Load(files fs.FS) (*Pack, error) {
	var m manifest
	if err := ReadJSON(files, "pack.json", &m); err != nil {
		return nil, err
	}
	p := &Pack{ID: m.ID, Name: m.Name, UnitKinds: m.UnitKinds, PostKinds: m.PostKinds, GroupKinds: m.GroupKinds, LedgerGroups: m.Ledgers, Files: files}
	if err := ReadJSON(files, "roles.json", &p.Roles); err != nil {
		return nil, err
	}
	if err := ReadJSON(files, "terms.json", &p.Terms); err != nil {
		return nil, err
	}
	return p, p.check()
}

// ReadJSON decodes one file of a pack; an unknown field is an error.
func ReadJSON(files fs.FS, name string, into any) error {
	f, err := files.Open(name)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("pack: %s: %w", name, err)
	}
	return nil
}

// checkLedgerGroups sees that every ledger is in one group at most and that the pack has it.
func (p *Pack) checkLedgerGroups() error {
	seen := map[string]bool{}
	for _, g := range p.LedgerGroups {
		if !g.Name.Full() {
			return fmt.Errorf("pack: ledger_groups: %v lacks a name in some language", g.Ledgers)
		}
		for _, id := range g.Ledgers {
			if _, err := fs.Stat(p.Files, "ledgers/"+id+".json"); err != nil || seen[id] {
				return fmt.Errorf("pack: ledger_groups: %q is doubled or no file of ledgers/", id)
			}
			seen[id] = true
		}
	}
	return nil
}

func (p *Pack) check() error {
	if p.ID == "" || !p.Name.Full() {
		return fmt.Errorf("pack: pack.json: id and name in every language are needed")
	}
	for list, kinds := range map[string][]Kind{"unit_kinds": p.UnitKinds, "post_kinds": p.PostKinds, "group_kinds": p.GroupKinds} {
		seen := map[string]bool{}
		for _, k := range kinds {
			if k.ID == "" || seen[k.ID] || !k.Name.Full() {
				return fmt.Errorf("pack: %s: %q is doubled or lacks a name in some language", list, k.ID)
			}
			seen[k.ID] = true
		}
	}
	for _, k := range p.PostKinds {
		if k.Deputy != "" && (k.Deputy == k.ID || !slices.ContainsFunc(p.PostKinds, func(d Kind) bool { return d.ID == k.Deputy })) {
			return fmt.Errorf("pack: post_kinds: %q has the deputy %q, which is no other kind of post", k.ID, k.Deputy)
		}
	}
	if err := p.checkLedgerGroups(); err != nil {
		return err
	}
	for _, lang := range wording.Languages {
		for _, other := range wording.Languages {
			for term := range p.Terms[other] {
				if p.Terms[lang][term] == "" {
					return fmt.Errorf("pack: terms.json: %q is missing in %s", term, lang)
				}
			}
		}
	}
	_, err := authz.NewPolicy(p.AuthzRoles())
	return err
}

// AuthzRoles gives the roles in the form that the policy takes.
func (p *Pack) AuthzRoles() []authz.Role {
	var out []authz.Role
	for _, r := range p.Roles {
		role := authz.Role{ID: r.ID, Can: map[authz.Action]authz.Reach{}}
		for _, a := range r.Here {
			role.Can[a] = authz.Here
		}
		for _, a := range r.Below {
			role.Can[a] = authz.Below
		}
		out = append(out, role)
	}
	return out
}

// Find finds a kind by its id in one of the lists; an unknown id gives a Kind whose name is the id.
func Find(kinds []Kind, id string) Kind {
	for _, k := range kinds {
		if k.ID == id {
			return k
		}
	}
	return Kind{ID: id, Name: wording.Text{"zh": id, "en": id}}
}

// Role finds a role by its id.
func (p *Pack) Role(id string) (Role, bool) {
	for _, r := range p.Roles {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

// RoleIDs lists the roles' ids, sorted.
func (p *Pack) RoleIDs() []string {
	var out []string
	for _, r := range p.Roles {
		out = append(out, r.ID)
	}
	sort.Strings(out)
	return out
}
