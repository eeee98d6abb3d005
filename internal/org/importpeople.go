package org

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/office/table"
	"plumbline/internal/store"
)

var peopleFileColumns = map[string][]string{
	"code":      {"编码", "工号", "人员编码", "person_code"},
	"name":      {"姓名"},
	"name_en":   {"英文姓名", "name (en)", "english name"},
	"unit_code": {"单位编码", "单位代码", "unit"},
	"post_kind": {"职务类别", "岗位类别"},
	"title":     {"职务", "职务名称"},
	"from":      {"任职日期", "任职时间", "from_date"},
	"to":        {"免职日期", "离任日期", "to_date"},
}

type personRow struct {
	code, name, nameEn, unitCode, title, from, to string
	kind                                          int // -1: the row names no post
	line                                          int
	id                                            int64
}

// seat is a post with the people who hold it, as the import leaves them.
type seat struct {
	Post
	held []*Tenure
	line int // the row that made it; 0 where it stood already
}

type peopleImport struct {
	*Service
	in       Import
	actor    authz.Actor
	rows     []personRow
	units    map[string]Unit
	people   map[string]*Person
	seats    map[int64][]*seat // by unit
	problems table.Problems
	report   Report
	touched  map[int64]bool
}

// ImportPeople takes in a file of people and the posts that they hold, one row for each time in a post; a row without a
// unit only names a person. People are known by their code. A post is found by unit, kind and title, or made; of kinds
// that a unit has many of, every person gets one. Whoever begins ends the time of whoever held the post before without
// an end. Where anything is wrong, all of it is reported and nothing is changed; a dry run does everything and takes it
// back.
func (s *Service) ImportPeople(ctx context.Context, actor authz.Actor, in Import) (Report, error) {
	im := &peopleImport{Service: s, in: in, actor: actor, units: map[string]Unit{}, people: map[string]*Person{},
		seats: map[int64][]*seat{}, touched: map[int64]bool{}}
	if err := s.mayEdit(actor, in.Under); err != nil {
		return im.report, err
	}
	if err := im.read(); err != nil {
		return im.report, err
	}
	err := s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "person", Unit: in.Under}, func(tx *store.Tx) (audit.Detail, error) {
		if err := im.gather(ctx, tx); err != nil {
			return audit.Detail{}, err
		}
		for i := range im.rows {
			if err := im.take(ctx, tx, &im.rows[i]); err != nil {
				return audit.Detail{}, err
			}
			if i%256 == 0 {
				in.progress(100 + int64(i)*900/int64(len(im.rows)))
			}
		}
		switch {
		case !im.problems.Empty():
			return audit.Detail{}, errWrong
		case in.DryRun:
			return audit.Detail{}, errDry
		}
		in.progress(1000)
		return im.detail(), nil
	})
	im.report.close(&im.problems)
	if errors.Is(err, errWrong) || errors.Is(err, errDry) {
		err = nil
	}
	return im.report, err
}

func (im *peopleImport) read() error {
	t, err := openTable(im.in, &im.report, &im.problems, peopleFileColumns, "code", "name")
	if err != nil || t == nil {
		return err
	}
	defer t.Close()
	kinds := kindIndex(im.pack.PostKinds)
	return t.Each(&im.problems, func(row table.Row) error {
		im.report.Rows++
		r := personRow{line: row.Line, code: row.Get("code"), name: row.Get("name"), nameEn: row.Get("name_en"), unitCode: row.Get("unit_code"), title: row.Get("title"), kind: -1}
		if wrongCode(r.code) != "" {
			im.problems.Add(row.Problem("code", BadCode, map[string]string{"value": short(r.code), "max": text(MaxCode)}))
		}
		for _, c := range [][2]string{{"name", r.name}, {"name_en", r.nameEn}, {"title", r.title}} {
			if wrongName(c[1]) != "" && (c[1] != "" || c[0] == "name") {
				im.problems.Add(row.Problem(c[0], BadName, map[string]string{"value": short(c[1]), "max": text(MaxName)}))
			}
		}
		if word := row.Get("post_kind"); word != "" {
			k, known := kinds[lower(word)]
			if !known {
				im.problems.Add(row.Problem("post_kind", BadKind, kindArgs(word, im.pack.PostKinds)))
			} else if r.kind = k; r.unitCode == "" {
				im.problems.Add(row.Problem("unit_code", NoUnitForPost, nil))
			}
		} else if r.unitCode != "" {
			im.problems.Add(row.Problem("post_kind", NoPostKind, kindArgs("", im.pack.PostKinds)))
		}
		r.from, r.to, _ = spans(row, &im.problems)
		im.rows = append(im.rows, r)
		return nil
	})
}

// gather reads what the rows speak of, a few hundred at a time.
func (im *peopleImport) gather(ctx context.Context, tx *store.Tx) error {
	unitCodes, personCodes := map[string]bool{}, map[string]bool{}
	for _, r := range im.rows {
		unitCodes[r.unitCode], personCodes[r.code] = true, true
	}
	err := eachPart(unitCodes, func(marks string, args []any) error {
		return store.Each(ctx, tx, `SELECT `+unitColumns+` FROM unit u WHERE u.code IN (`+marks+`)`, args, func(rows *sql.Rows) error {
			u, err := scanUnit(rows)
			im.units[u.Code] = u
			return err
		})
	})
	if err != nil {
		return err
	}
	err = eachPart(personCodes, func(marks string, args []any) error {
		return store.Each(ctx, tx, `SELECT id, code, name, name_en, version FROM person WHERE code IN (`+marks+`)`, args, func(rows *sql.Rows) error {
			p := &Person{}
			err := rows.Scan(&p.ID, &p.Code, &p.Name, &p.NameEn, &p.Version)
			im.people[p.Code] = p
			return err
		})
	})
	if err != nil {
		return err
	}
	return im.gatherSeats(ctx, tx)
}

func (im *peopleImport) gatherSeats(ctx context.Context, tx *store.Tx) error {
	ids, seats := map[int64]bool{}, map[int64]*seat{}
	for _, u := range im.units {
		ids[u.ID] = true
	}
	return eachPart(ids, func(marks string, args []any) error {
		err := store.Each(ctx, tx, `SELECT `+postColumns+` FROM post p WHERE p.unit_id IN (`+marks+`) ORDER BY p.id`, args, func(rows *sql.Rows) error {
			p, err := scanPost(rows)
			seats[p.ID] = &seat{Post: p}
			im.seats[p.Unit] = append(im.seats[p.Unit], seats[p.ID])
			return err
		})
		if err != nil {
			return err
		}
		return store.Each(ctx, tx, `SELECT `+holderColumns+` FROM `+holderTables+` WHERE p.unit_id IN (`+marks+`) ORDER BY t.from_date`, args, func(rows *sql.Rows) error {
			h, err := scanHolder(rows)
			seats[h.Post.ID].held = append(seats[h.Post.ID].held, &h.Tenure)
			return err
		})
	})
}

// eachPart hands over the keys of a set, as many at a time as one query takes.
func eachPart[K comparable](set map[K]bool, ask func(marks string, args []any) error) error {
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		marks := make([]string, len(args))
		for i := range args {
			marks[i] = "$" + number(int64(i+1))
		}
		defer func() { args = args[:0] }()
		return ask(strings.Join(marks, ","), args)
	}
	for k := range set {
		if args = append(args, k); len(args) == codesPerQuery {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (im *peopleImport) wrong(r *personRow, column, code string, args ...string) {
	m := map[string]string{}
	for k := 0; k+1 < len(args); k += 2 {
		m[args[k]] = args[k+1]
	}
	im.problems.Add(table.Problem{Line: r.line, Column: column, Code: code, Args: m})
}

// take carries out one row; once anything was wrong it only goes on looking for more.
func (im *peopleImport) take(ctx context.Context, tx *store.Tx, r *personRow) error {
	before := im.report
	p, err := im.person(ctx, tx, r)
	if err != nil {
		return err
	}
	if r.kind >= 0 && r.unitCode != "" {
		if err := im.tenure(ctx, tx, r, p); err != nil {
			return err
		}
	}
	r.id = p.ID
	if b, a := before, im.report; b.Created == a.Created && b.Renamed == a.Renamed && b.Posts == a.Posts && b.Tenures == a.Tenures && b.Dated == a.Dated {
		im.report.Unchanged++
	} else {
		im.touched[p.ID] = true
	}
	return nil
}

func (im *peopleImport) person(ctx context.Context, tx *store.Tx, r *personRow) (*Person, error) {
	p := im.people[r.code]
	if p == nil {
		p = &Person{Code: r.code, Name: r.name, NameEn: r.nameEn, Version: 1}
		im.people[r.code] = p
		im.report.Created++
		im.report.note(Changed{Line: r.line, What: "created", Code: r.code, To: r.name})
		if !im.problems.Empty() {
			return p, nil
		}
		var err error
		p.ID, err = tx.Insert(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ($1, $2, $3, 1) RETURNING id`, p.Code, p.Name, p.NameEn)
		im.touched[p.ID] = true
		return p, err
	}
	same := p.Name == r.name && (r.nameEn == "" || r.nameEn == p.NameEn)
	if same || r.name == "" {
		return p, nil
	}
	if p.ID == 0 || im.touched[p.ID] {
		im.wrong(r, "name", OtherName, "value", r.code, "name", p.Name)
		return p, nil
	}
	im.report.Renamed++
	im.report.note(Changed{Line: r.line, What: "renamed", Code: r.code, From: p.Name, To: r.name})
	p.Name = r.name
	if r.nameEn != "" {
		p.NameEn = r.nameEn
	}
	im.touched[p.ID] = true
	if !im.problems.Empty() {
		return p, nil
	}
	if at, err := im.placeOf(ctx, tx, p.ID); err != nil || im.mayEdit(im.actor, at) != nil {
		im.wrong(r, "code", Outside, "value", r.code)
		return p, err
	}
	_, err := tx.Exec(ctx, `UPDATE person SET name = $1, name_en = $2, version = version + 1 WHERE id = $3`, p.Name, p.NameEn, p.ID)
	return p, err
}

// placeOf is PersonPlace inside the transaction: people who hold no post yet may be renamed by whoever imports.
func (im *peopleImport) placeOf(ctx context.Context, tx *store.Tx, person int64) (authz.Unit, error) {
	held, err := TenuresOfPerson(ctx, tx, person)
	if err != nil || len(held) == 0 {
		return im.in.Under, err
	}
	inTx := *im.Service
	inTx.r = tx
	return inTx.PersonPlace(ctx, im.actor, person)
}

// tenure gives the person of a row the post that it names.
func (im *peopleImport) tenure(ctx context.Context, tx *store.Tx, r *personRow, p *Person) error {
	u, known := im.units[r.unitCode]
	switch {
	case !known:
		im.wrong(r, "unit_code", NoUnit, "value", short(r.unitCode))
		return nil
	case im.mayEdit(im.actor, u.Place()) != nil || !inside(u.Path, im.in.Under.Path):
		im.wrong(r, "unit_code", Outside, "value", r.unitCode)
		return nil
	case u.To != "" && (r.from >= u.To || r.to == "" || r.to > u.To):
		im.wrong(r, "unit_code", Ended, "value", r.unitCode)
		return nil
	}
	post := Post{Unit: u.ID, Kind: im.pack.PostKinds[r.kind].ID, Title: r.title, Version: 1}
	im.entitle(&post)
	s := im.seatFor(post, p, im.pack.PostKinds[r.kind].Many)
	if s == nil {
		s = &seat{Post: post, line: r.line}
		im.seats[u.ID] = append(im.seats[u.ID], s)
		im.report.Posts++
		im.report.note(Changed{Line: r.line, What: "post", Code: r.unitCode, To: post.Title})
		if im.problems.Empty() {
			var err error
			s.ID, err = tx.Insert(ctx, `INSERT INTO post (unit_id, kind, title, title_en, from_date, to_date, version) VALUES ($1, $2, $3, $4, '', '', 1) RETURNING id`,
				post.Unit, post.Kind, post.Title, post.TitleEn)
			if err != nil {
				return err
			}
		}
	}
	return im.sit(ctx, tx, r, p, s)
}

// seatFor finds the post of a row: the same unit, kind and title; of kinds with many, the person's own, or a free one.
func (im *peopleImport) seatFor(post Post, p *Person, many bool) *seat {
	var free *seat
	for _, s := range im.seats[post.Unit] {
		if s.Kind != post.Kind || s.Title != post.Title || s.To != "" {
			continue
		}
		if !many {
			return s
		}
		if len(s.held) == 0 {
			free = s
		}
		for _, t := range s.held {
			if t.Person == p.ID && p.ID != 0 {
				return s
			}
		}
	}
	return free
}

// sit enters the time of a row in a post.
func (im *peopleImport) sit(ctx context.Context, tx *store.Tx, r *personRow, p *Person, s *seat) error {
	if s.From != "" && r.from < s.From {
		im.wrong(r, "from", BeforePost, "date", s.From)
		return nil
	}
	var left *Tenure
	for _, t := range s.held {
		same := t.Person == p.ID && p.ID != 0 && (r.from == t.From || r.from == "" && t.To == "")
		switch {
		case same && (r.to == "" || r.to == t.To):
			return nil
		case same:
			return im.redate(ctx, tx, r, s, t)
		case !overlaps(t.From, t.To, r.from, r.to) || t.From == t.To && t.To != "":
		case t.To == "" && t.From < r.from && (p.ID == 0 || t.Person != p.ID):
			left = t
		default:
			im.wrong(r, "from", Held, "from", t.From, "to", t.To)
			return nil
		}
	}
	made := &Tenure{Post: s.ID, Person: p.ID, From: r.from, To: r.to}
	s.held = append(s.held, made)
	im.report.Tenures++
	im.report.note(Changed{Line: r.line, What: "appointed", Code: r.code, From: r.unitCode, To: s.Title})
	if left != nil {
		left.To = r.from
	}
	if !im.problems.Empty() {
		return nil
	}
	if left != nil {
		if _, err := tx.Exec(ctx, `UPDATE tenure SET to_date = $1, version = version + 1 WHERE id = $2`, left.To, left.ID); err != nil {
			return err
		}
	}
	var err error
	made.ID, err = tx.Insert(ctx, `INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES ($1, $2, $3, $4, 1) RETURNING id`,
		made.Post, made.Person, made.From, made.To)
	return err
}

// redate gives a time in a post that stands already another end.
func (im *peopleImport) redate(ctx context.Context, tx *store.Tx, r *personRow, s *seat, t *Tenure) error {
	for _, o := range s.held {
		if o != t && overlaps(o.From, o.To, t.From, r.to) && (o.From != o.To || o.To == "") {
			im.wrong(r, "to", Held, "from", o.From, "to", o.To)
			return nil
		}
	}
	t.To = r.to
	im.report.Dated++
	im.report.note(Changed{Line: r.line, What: "dated", Code: r.code, From: t.From, To: r.to})
	if !im.problems.Empty() {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE tenure SET to_date = $1, version = version + 1 WHERE id = $2`, r.to, t.ID)
	return err
}

// detail is the import's entry in the log.
func (im *peopleImport) detail() audit.Detail {
	sum := sha256.New()
	for _, r := range im.rows {
		kind := ""
		if r.kind >= 0 {
			kind = im.pack.PostKinds[r.kind].ID
		}
		sum.Write([]byte(strings.Join([]string{text(r.id), r.code, r.name, r.nameEn, r.unitCode, kind, r.title, r.from, r.to}, "\t") + "\n"))
	}
	rep := &im.report
	d := audit.Detail{Note: map[string]string{"file": rep.File, "file_sha256": rep.Digest, "rows_sha256": hex.EncodeToString(sum.Sum(nil)),
		"rows": text(rep.Rows), "created": text(rep.Created), "renamed": text(rep.Renamed), "posts": text(rep.Posts), "tenures": text(rep.Tenures),
		"dated": text(rep.Dated), "unchanged": text(rep.Unchanged)}}
	for id := range im.touched {
		if id != 0 && len(d.Also) < 1000 {
			d.Also = append(d.Also, audit.Subject{Kind: "person", ID: id})
		}
	}
	return d
}
