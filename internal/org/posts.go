package org

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/pack"
	"plumbline/internal/store"
)

// NewPost is a post to be made. An empty title takes the kind's name.
type NewPost struct {
	Unit                 int64
	Kind, Title, TitleEn string
	From                 string
}

// CreatePost makes a post at a unit.
func (s *Service) CreatePost(ctx context.Context, actor authz.Actor, in NewPost) (made Post, err error) {
	u, err := UnitByID(ctx, s.r, in.Unit)
	if err != nil {
		return Post{}, err
	}
	err = s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "post", Unit: u.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		if made, err = s.createPost(ctx, tx, u, in); err != nil {
			return audit.Detail{}, err
		}
		return audit.Detail{ID: made.ID, Changes: changes("title", "", made.Title, "kind", "", made.Kind, "from", "", made.From), Also: also(u.ID)}, nil
	})
	return made, err
}

func (s *Service) createPost(ctx context.Context, tx *store.Tx, u Unit, in NewPost) (Post, error) {
	p := Post{Unit: u.ID, Kind: in.Kind, Title: in.Title, TitleEn: in.TitleEn, From: in.From, Version: 1}
	s.entitle(&p)
	var f fault.Form
	s.checkPost(&f, p)
	checkSpan(&f, p.From, "")
	f.Check(u.To == "" || p.From != "" && p.From < u.To, "from", "fault.org.ended", "Unit", u.Name, "Date", u.To)
	if err := f.Err(); err != nil {
		return p, err
	}
	var err error
	p.ID, err = tx.Insert(ctx, `INSERT INTO post (unit_id, kind, title, title_en, from_date, to_date, version) VALUES ($1, $2, $3, $4, $5, '', 1) RETURNING id`,
		p.Unit, p.Kind, p.Title, p.TitleEn, p.From)
	return p, err
}

// entitle gives a post without a title the name of its kind.
func (s *Service) entitle(p *Post) { nameByKind(s.pack.PostKinds, p.Kind, &p.Title, &p.TitleEn) }

// nameByKind gives what has no name of its own that of its kind; an English name that was given stays.
func nameByKind(kinds []pack.Kind, id string, name, nameEn *string) {
	for _, k := range kinds {
		if k.ID == id && *name == "" {
			*name = k.Name.In("zh")
			if *nameEn == "" {
				*nameEn = k.Name.In("en")
			}
		}
	}
}

func (s *Service) checkPost(f *fault.Form, p Post) {
	checkKind(f, s.pack.PostKinds, p.Kind)
	if key := wrongName(p.Title); key != "" && hasKind(s.pack.PostKinds, p.Kind) {
		f.Add("title", key, "Max", MaxName)
	}
	if key := wrongName(p.TitleEn); key != "" && p.TitleEn != "" {
		f.Add("title_en", key, "Max", MaxName)
	}
}

// onPost carries out a verb upon a post of the version that the form was made of; Version 0 asks for none.
func (s *Service) onPost(ctx context.Context, actor authz.Actor, id int64, version int, verb func(tx *store.Tx, p Post, u Unit) (audit.Detail, error)) error {
	p, err := PostByID(ctx, s.r, id)
	if err != nil {
		return err
	}
	u, err := UnitByID(ctx, s.r, p.Unit)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "post", ID: id, Unit: u.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		p, err := PostByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		if version != 0 && p.Version != version {
			return audit.Detail{}, fault.Outdated(p)
		}
		d, err := verb(tx, p, u)
		d.Also = append(d.Also, also(u.ID)...)
		return d, err
	})
}

// RevisePost puts a post's kind and title right; the post remains the same post.
func (s *Service) RevisePost(ctx context.Context, actor authz.Actor, post int64, version int, kind, title, titleEn string) error {
	return s.onPost(ctx, actor, post, version, func(tx *store.Tx, p Post, _ Unit) (audit.Detail, error) {
		now := p
		now.Kind, now.Title, now.TitleEn = kind, title, titleEn
		s.entitle(&now)
		var f fault.Form
		s.checkPost(&f, now)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		_, err := tx.Exec(ctx, `UPDATE post SET kind = $1, title = $2, title_en = $3, version = version + 1 WHERE id = $4`, now.Kind, now.Title, now.TitleEn, p.ID)
		return audit.Detail{Changes: changes("kind", p.Kind, now.Kind, "title", p.Title, now.Title, "title_en", p.TitleEn, now.TitleEn)}, err
	})
}

// EndPost ends a post on a date, and with it the time of whoever holds it.
func (s *Service) EndPost(ctx context.Context, actor authz.Actor, post int64, version int, date string) error {
	return s.onPost(ctx, actor, post, version, func(tx *store.Tx, p Post, _ Unit) (audit.Detail, error) {
		var f fault.Form
		if checkDate(&f, "date", date, "") {
			f.Check(p.From == "" || date >= p.From, "date", "fault.org.span")
			f.Check(p.To == "" || date < p.To, "date", "fault.org.ended", "Unit", p.Title, "Date", p.To)
		}
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		_, err := tx.Exec(ctx, `UPDATE tenure SET to_date = CASE WHEN from_date > $1 THEN from_date ELSE $1 END, version = version + 1
			WHERE post_id = $2 AND (to_date = '' OR to_date > $1)`, date, p.ID)
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE post SET to_date = $1, version = version + 1 WHERE id = $2`, date, p.ID)
		}
		return audit.Detail{Changes: changes("to", p.To, date)}, err
	})
}
