package web

import (
	"plumbline/internal/account"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/org"
)

// logEyes says which entries of the log a reader sees.
type logEyes struct {
	c        *Ctx
	units    map[int64]org.Unit
	log      authz.Scope
	things   authz.Scope
	accounts authz.Scope
	house    bool
}

// eyesFor looks up where the entries belong.
func (c *Ctx) eyesFor(entries []audit.Entry) (logEyes, error) {
	var ids []int64
	for _, e := range entries {
		if e.Unit != 0 {
			ids = append(ids, e.Unit)
		}
	}
	units, err := org.UnitsByID(c.R.Context(), c.srv.Reader, ids)
	return logEyes{c, units, c.Scope(authz.AuditRead), c.Scope(authz.Read), c.Scope(authz.AccountManage), c.readsHouse()}, err
}

// readable leaves out the entries of units in which the reader may neither read the log nor the things themselves. When
// somebody signed in is for those who look after accounts, and for oneself. Who may read the thing itself also reads
// what was done to it, and that a cycle took it over.
func (l logEyes) readable(on audit.Subject, entries []audit.Entry) (out []audit.Entry) {
	open := l.c.srv.readsThing(l.c, on)
	for _, e := range entries {
		if open && (e.Subject == on || e.Subject.Kind == "cycle") || l.sees(e) {
			out = append(out, e)
		}
	}
	return out
}

// sees says whether an entry is open to the reader wherever it stands.
func (l logEyes) sees(e audit.Entry) bool {
	at, things := l.units[e.Unit].Place(), l.things
	if e.Subject.Kind == account.Kind {
		if e.Subject.ID == l.c.Actor.Account {
			return true
		}
		things = l.accounts
	}
	if e.Unit == 0 {
		return l.house
	}
	return l.log.Covers(at) || things.Covers(at)
}

// leads says whether the history of an entry's thing shows the reader at least this entry.
func (l logEyes) leads(e audit.Entry) bool { return l.sees(e) || l.c.srv.readsThing(l.c, e.Subject) }

// readsHouse says whether the reader may see entries that belong to no unit: whoever reads the log of a whole tree.
func (c *Ctx) readsHouse() bool {
	for _, u := range c.srv.Gate.Policy().Units(c.Actor, authz.AuditRead) {
		if len(org.PathIDs(u.Path)) <= 1 {
			return true
		}
	}
	return false
}
