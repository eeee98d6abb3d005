package account

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/office/table"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// ImportFile is a table of accounts: CSV or XLSX with the columns login, name, person_code, role, unit_code, lang; one
// row for every role of an account. A role stands by its id or by one of RoleNames (name to id); "*" as a unit's code is
// the whole installation.
type ImportFile struct {
	Name      string
	Data      io.ReaderAt
	Size      int64
	RoleNames map[string]string
	Gzip      bool // accept a gzipped CSV file; only for files from the command line
}

// ImportResult tells what an import did or, in a dry run or with problems, would do. Links holds the setup link of every
// new account; they are shown this once.
type ImportResult struct {
	Problems []table.Problem
	Total    int // of problems, also those that are not listed
	Rows     int
	New      int
	Changed  int // existing accounts whose name, person or language changes
	Roles    int // roles given, to new accounts and old
	Done     bool
	Links    []SetupLinkOf
}

// SetupLinkOf is the token of an account's setup link.
type SetupLinkOf struct {
	Login, Name, Unit, Token string
}

// The columns, and the headers that mean the same.
var importColumns = map[string][]string{
	"login":       {"登录名", "账号", "用户名", "account", "user"},
	"name":        {"姓名", "名称"},
	"person_code": {"人员编码", "人员编号", "person"},
	"role":        {"角色"},
	"unit_code":   {"单位编码", "单位代码", "unit"},
	"lang":        {"语言", "language"},
}

const maxImportRows = 100_000

// Import reads a table of accounts and carries it out whole, or, where anything is wrong with it, not at all: Problems
// then names every line. Existing accounts get what the table says of name, person and language, and the roles that
// they lack; nothing is taken away. With dry nothing is written. The actor has to manage accounts at every unit named.
func (s *Service) Import(ctx context.Context, actor authz.Actor, f ImportFile, dry bool) (ImportResult, error) {
	im := &importing{service: s, actor: actor, names: f.RoleNames, by: map[string]*imported{}}
	if err := im.read(f); err != nil {
		return ImportResult{}, err
	}
	if err := im.resolve(ctx); err != nil {
		return ImportResult{}, err
	}
	res := im.result()
	if dry || res.Total > 0 || res.New+res.Changed+res.Roles == 0 {
		return res, nil
	}
	at := authz.Whole
	if units := s.gate.Policy().Units(actor, authz.AccountManage); !actor.IsSystem() && len(units) > 0 {
		at = units[0]
	}
	err := s.gate.Do(ctx, actor, authz.AccountManage, gate.Subject{Kind: Kind, Unit: at}, func(tx *store.Tx) (d audit.Detail, err error) {
		d, res.Links, err = im.write(ctx, tx)
		return d, err
	})
	if err != nil {
		return ImportResult{}, err
	}
	res.Done = true
	return res, nil
}

// importing is one import under way.
type importing struct {
	service  *Service
	actor    authz.Actor
	names    map[string]string
	problems table.Problems
	rows     int
	order    []*imported
	by       map[string]*imported
}

// imported is one account of the table.
type imported struct {
	line                           int
	login, name, personCode, langs string
	person                         int64
	home                           string
	roles                          []importedRole
	old                            *stored
}

type importedRole struct {
	line       int
	role, code string
	unit       authz.Unit
	have       bool
}

func (im *importing) bad(line int, column, key string, pairs ...string) {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	im.problems.Add(table.Problem{Line: line, Column: column, Code: key, Args: args})
}

// read takes the table apart; whatever is wrong with the file becomes a problem.
func (im *importing) read(f ImportFile) error {
	var bad *table.Problem
	t, err := table.Open(f.Name, f.Data, f.Size, table.Options{MaxRows: maxImportRows, Gzip: f.Gzip})
	if errors.As(err, &bad) {
		im.problems.Add(*bad)
		return nil
	}
	if err != nil {
		return err
	}
	defer t.Close()
	if problems := t.Map(importColumns, "login", "name", "role", "unit_code"); len(problems) > 0 {
		im.problems.Add(problems...)
		return nil
	}
	return t.Each(&im.problems, func(row table.Row) error {
		im.rows++
		im.row(row)
		return nil
	})
}

func (im *importing) row(row table.Row) {
	login := NormalLogin(row.Get("login"))
	if !validLogin(login) {
		im.bad(row.Line, "login", "fault.account.login")
		return
	}
	a := im.by[login]
	if a == nil {
		a = &imported{line: row.Line, login: login}
		im.by[login] = a
		im.order = append(im.order, a)
	}
	im.same(row, "name", &a.name, row.Get("name"))
	im.same(row, "person_code", &a.personCode, row.Get("person_code"))
	im.same(row, "lang", &a.langs, langOf(row.Get("lang")))
	im.role(row, a)
}

// same takes a field that all rows of an account have in common; later rows may leave it empty.
func (im *importing) same(row table.Row, column string, have *string, value string) {
	switch {
	case value == "":
	case *have == "":
		*have = value
	case *have != value:
		im.bad(row.Line, column, "fault.account.row_differs", "Have", *have, "Value", value)
	}
}

func langOf(s string) string {
	switch strings.ToLower(s) {
	case "中文", "汉语", "chinese", "zh-cn":
		return "zh"
	case "英文", "英语", "english":
		return "en"
	}
	return strings.ToLower(s)
}

func (im *importing) role(row table.Row, a *imported) {
	role, code := row.Get("role"), row.Get("unit_code")
	if a.home == "" {
		a.home = code
	}
	if role == "" && code != "" {
		return // an account without a role, at home there
	}
	if id, named := im.names[role]; named {
		role = id
	}
	if !im.service.gate.Policy().Has(role) {
		im.bad(row.Line, "role", "fault.account.import_role", "Role", row.Get("role"))
		return
	}
	if code == "" {
		im.bad(row.Line, "unit_code", "fault.account.import_no_unit")
		return
	}
	if slices.ContainsFunc(a.roles, func(r importedRole) bool { return r.role == role && r.code == code }) {
		im.bad(row.Line, "role", "fault.account.import_twice", "Login", a.login)
		return
	}
	a.roles = append(a.roles, importedRole{line: row.Line, role: role, code: code})
}

// resolve finds units, people and accounts, and checks what the actor may do.
func (im *importing) resolve(ctx context.Context) error {
	units, people, old, err := im.lookUp(ctx)
	if err != nil {
		return err
	}
	policy := im.service.gate.Policy()
	place := func(line int, code string) authz.Unit {
		u, ok := units[code]
		switch {
		case code == "":
		case !ok:
			im.bad(line, "unit_code", "fault.account.import_unit", "Code", code)
		case !policy.Allows(im.actor, authz.AccountManage, u):
			im.bad(line, "unit_code", "fault.account.import_right", "Code", code)
		}
		return u
	}
	for _, a := range im.order {
		im.person(a, people, old)
		if len(a.roles) == 0 {
			place(a.line, a.home)
		}
		for i := range a.roles {
			r := &a.roles[i]
			r.unit = place(r.line, r.code)
			r.have = a.old != nil && a.old.Actor().Holds(r.role, r.unit.ID)
		}
	}
	for _, a := range im.order {
		if a.old == nil {
			a.old = &stored{Account: Account{Home: units[a.home]}} // ID 0: a new account
		}
	}
	return nil
}

// person checks an account's own fields and what stands already under its login.
func (im *importing) person(a *imported, people map[string]int64, old map[string]*stored) {
	a.old = old[a.login]
	if a.name == "" && a.old != nil {
		a.name = a.old.Name
	}
	if !validName(a.name) {
		im.bad(a.line, "name", "fault.account.name")
	}
	if a.langs != "" && !slices.Contains(wording.Languages, a.langs) {
		im.bad(a.line, "lang", "fault.account.lang")
	}
	if a.personCode != "" {
		if a.person = people[a.personCode]; a.person == 0 {
			im.bad(a.line, "person_code", "fault.account.import_person", "Code", a.personCode)
		}
	}
	if a.old == nil {
		return
	}
	if a.old.ID == im.actor.Account || !managesAll(im.service.gate.Policy(), im.actor, a.old.Places()) {
		im.bad(a.line, "login", "fault.account.import_other", "Login", a.login)
	}
}

func (im *importing) result() ImportResult {
	res := ImportResult{Problems: im.problems.List(), Total: im.problems.Total(), Rows: im.rows}
	for _, a := range im.order {
		if a.old == nil || a.old.ID == 0 {
			res.New++
		} else if a.changes() {
			res.Changed++
		}
		for _, r := range a.roles {
			if !r.have {
				res.Roles++
			}
		}
	}
	return res
}

// changes says whether an existing account's own fields change.
func (a *imported) changes() bool {
	return a.name != a.old.Name || a.person != 0 && a.person != a.old.Person || a.langs != "" && a.langs != a.old.Lang
}

// write carries the table out: one entry in the log for all of it, in the history of every account.
func (im *importing) write(ctx context.Context, tx *store.Tx) (d audit.Detail, links []SetupLinkOf, err error) {
	d.Note = map[string]string{"what": "imported"}
	for _, a := range im.order {
		id := a.old.ID
		switch {
		case id == 0:
			var token string
			if id, token, err = a.insert(ctx, tx); err == nil {
				links = append(links, SetupLinkOf{Login: a.login, Name: a.name, Unit: a.home, Token: token})
				d.Changes = append(d.Changes, audit.Change{Field: "login", To: a.login})
			}
		case a.changes():
			err = a.update(ctx, tx)
			d.Changes = append(d.Changes, audit.Change{Field: "name", From: a.old.Name, To: a.name})
		}
		if err != nil {
			return d, nil, err
		}
		for _, r := range a.roles {
			if r.have {
				continue
			}
			if _, err := insertGrant(ctx, tx, id, r.role, r.unit.ID); err != nil {
				return d, nil, err
			}
			d.Changes = append(d.Changes, audit.Change{Field: "role", To: a.login + ": " + roleText(r.role, r.code)})
		}
		d.Also = append(d.Also, audit.Subject{Kind: Kind, ID: id})
	}
	return d, links, nil
}

func (a *imported) insert(ctx context.Context, tx *store.Tx) (id int64, token string, err error) {
	token, kept := newSetup()
	n := NewAccount{Login: a.login, Name: a.name, Person: a.person, Home: a.old.Home.ID, Lang: a.langs}
	if n.Lang == "" {
		n.Lang = wording.Languages[0]
	}
	id, err = insertAccount(ctx, tx, n, kept, tx.Now+SetupFor.Microseconds())
	return id, token, err
}

func (a *imported) update(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE account SET name = $2, person_id = COALESCE(NULLIF(CAST($3 AS BIGINT), 0), person_id),
		lang = CASE WHEN $4 = '' THEN lang ELSE $4 END, version = version + 1 WHERE id = $1`, a.old.ID, a.name, a.person, a.langs)
	return err
}
