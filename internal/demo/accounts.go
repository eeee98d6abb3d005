package demo

import (
	"context"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/wording"
)

// login is somebody who acts in the demo.
type login struct {
	id    int64
	actor authz.Actor
	role  string
	place org.Unit
	name  string
}

// cast is everybody with an account: login, role, unit, and whose post it is ("" for an account without one). Each gets a
// link on the terminal.
var cast = []struct {
	login, role, unit, person string
	name                      wording.Text
}{
	{"office", "secretariat", "WC", "", text("市委组织部组织科", "Organisation department, city")},
	{"chair", "presider", "WC", "WC secretary", nil},
	{"member", "committee", "WC", "WC deputy_secretary", nil},
	{"donghu", "debriefer", "WC01", "WC01", nil},
	{"donghu-staff", "staff", "WC01", "", text("东湖区委组织部干事", "Clerk, Donghu District")},
	{"baishi", "debriefer", "WC0103", "WC0103", nil},
	{"baishi-staff", "staff", "WC0103", "", text("白石街道党务干事", "Party-affairs clerk, Baishi Subdistrict")},
	{"observer", "observer", "WC", "", text("省委组织部列席同志", "Observer of the province's organisation department")},
	{"teller-1", "teller", "WC", "", text("计票人甲", "Teller one")},
	{"teller-2", "teller", "WC", "", text("计票人乙", "Teller two")},
	{"verifier", "verifier", "WC", "", text("市委督查室核查员", "Verifier, city supervision office")},
	{"editor", "editor", "WC", "", text("组织部通报编辑", "Editor, organisation department")},
	{"auditor", "auditor", "WC", "", text("市审计监督员", "Auditor")},
	{"admin", "admin", "", "", text("系统管理员", "System administrator")},
	{"donghu-office", "secretariat", "WC01", "", text("东湖区委组织部", "Organisation department, Donghu District")},
}

// accounts makes the cast, and a debriefer and a clerk for every unit that reports.
func (b *builder) accounts() error {
	b.at(b.start(), 10, 0)
	if err := b.Rooms.Accounts.MarkDemo(b.ctx); err != nil {
		return err
	}
	for _, c := range cast {
		person := b.heads[c.person]
		name := b.say(c.name)
		if person != 0 {
			p, err := org.PersonByID(b.ctx, b.DB, person)
			if err != nil {
				return err
			}
			name = p.In(b.lang)
		}
		if err := b.account(c.login, c.role, c.unit, name, person); err != nil {
			return err
		}
	}
	for _, code := range reporters()[1:] {
		p, err := org.PersonByID(b.ctx, b.DB, b.heads[code])
		if err != nil {
			return err
		}
		if err := b.account("head-"+code, "debriefer", code, p.In(b.lang), p.ID); err != nil {
			return err
		}
	}
	b.who["head-WC01"], b.who["head-WC0103"] = b.who["donghu"], b.who["baishi"]
	return nil
}

func (b *builder) account(name, role, unit, shown string, person int64) error {
	id, _, err := b.Rooms.Accounts.Create(b.ctx, authz.System(), account.NewAccount{Login: name, Name: shown, Person: person, Lang: b.lang,
		Grants: []account.RoleAt{{Role: role, Unit: b.units[unit].ID}}})
	if err != nil {
		return err
	}
	a, err := b.Rooms.Accounts.Account(b.ctx, authz.System(), id)
	if err != nil {
		return err
	}
	b.who[name] = login{id, a.Actor(), role, b.units[unit], shown}
	return nil
}

// Links makes new one-click links for a demo that was built before.
func Links(ctx context.Context, a *app.App) ([]Link, error) {
	var out []Link
	for _, c := range cast {
		var id int64
		var name string
		if err := a.DB.QueryRow(ctx, `SELECT id, name FROM account WHERE login = $1`, c.login).Scan(&id, &name); err != nil {
			return nil, err
		}
		token, err := a.Rooms.Accounts.DemoLink(ctx, id)
		if err != nil {
			return nil, err
		}
		place := text("整个系统", "the whole installation")
		if c.unit != "" {
			u, err := org.UnitByCode(ctx, a.DB, c.unit)
			if err != nil {
				return nil, err
			}
			place = text(u.Name, u.NameEn)
		}
		role, _ := a.Pack.Role(c.role)
		out = append(out, Link{Name: name, Role: role.Name, Place: place, Path: "/demo/" + token})
	}
	return out, nil
}

func (b *builder) as(login string) authz.Actor { return b.who[login].actor }

// nameOf is a person's name in the demo's language.
func (b *builder) nameOf(person int64) string {
	p, err := org.PersonByID(b.ctx, b.DB, person)
	if err != nil {
		return ""
	}
	return p.In(b.lang)
}
