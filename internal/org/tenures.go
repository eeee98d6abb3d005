package org

import (
	"context"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Appointment puts a person into a post. Person 0 makes the person of New first. From "" has no known beginning.
type Appointment struct {
	Post, Person int64
	New          NewPerson
	From, To     string
}

// Appoint gives a post to a person from a date. Whoever holds the post then, without an end, leaves it on that date;
// any other overlap is refused: a post has one holder at a time.
func (s *Service) Appoint(ctx context.Context, actor authz.Actor, in Appointment) (made Tenure, err error) {
	err = s.onPost(ctx, actor, in.Post, 0, func(tx *store.Tx, p Post, _ Unit) (audit.Detail, error) {
		var f fault.Form
		checkSpan(&f, in.From, in.To)
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		person, err := s.personFor(ctx, tx, in.Person, in.New)
		if err != nil {
			return audit.Detail{}, err
		}
		d := audit.Detail{Also: []audit.Subject{{Kind: "person", ID: person.ID}}}
		made = Tenure{Post: p.ID, Person: person.ID, From: in.From, To: in.To, Version: 1}
		left, err := appoint(ctx, tx, p, &made)
		if err != nil {
			return d, err
		}
		d.Changes = changes("holder", left.Person.Name, person.Name, "from", "", in.From, "to", "", in.To)
		if left.Person.ID != 0 {
			d.Also = append(d.Also, audit.Subject{Kind: "person", ID: left.Person.ID})
		}
		return d, nil
	})
	return made, err
}

// appoint writes a tenure, ends the open one before it, and says whose that was.
func appoint(ctx context.Context, tx *store.Tx, p Post, t *Tenure) (left Holder, err error) {
	var f fault.Form
	f.Check(p.From == "" || t.From >= p.From, "from", "fault.org.post_begins", "Date", p.From)
	f.Check(p.To == "" || t.From < p.To, "from", "fault.org.ended", "Unit", p.Title, "Date", p.To)
	held, err := TenuresOfPost(ctx, tx, p.ID)
	if err != nil {
		return left, err
	}
	for _, h := range held {
		old := h.Tenure
		switch {
		case old.From == old.To && old.To != "" || !overlaps(old.From, old.To, t.From, t.To):
		case old.Person == t.Person:
			f.Add("person", "fault.org.holds_already", "Person", h.Person.Name)
		case old.To == "" && old.From < t.From:
			left = h
		default:
			f.Add("from", "fault.org.held", "Person", h.Person.Name, "From", old.From, "To", old.To)
		}
	}
	if err := f.Err(); err != nil {
		return left, err
	}
	if left.Tenure.ID != 0 {
		if _, err := tx.Exec(ctx, `UPDATE tenure SET to_date = $1, version = version + 1 WHERE id = $2`, t.From, left.Tenure.ID); err != nil {
			return left, err
		}
	}
	t.ID, err = tx.Insert(ctx, `INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES ($1, $2, $3, $4, 1) RETURNING id`,
		t.Post, t.Person, t.From, t.To)
	return left, err
}

// EndTenure ends a person's time in a post on a date; the post stays, vacant.
func (s *Service) EndTenure(ctx context.Context, actor authz.Actor, tenure int64, version int, date string) error {
	h, err := TenureByID(ctx, s.r, tenure)
	if err != nil {
		return err
	}
	return s.CorrectTenure(ctx, actor, tenure, version, h.Tenure.From, date)
}

// CorrectTenure puts the dates of a person's time in a post right.
func (s *Service) CorrectTenure(ctx context.Context, actor authz.Actor, tenure int64, version int, from, to string) error {
	h, err := TenureByID(ctx, s.r, tenure)
	if err != nil {
		return err
	}
	return s.onPost(ctx, actor, h.Post.ID, 0, func(tx *store.Tx, p Post, _ Unit) (audit.Detail, error) {
		h, err := TenureByID(ctx, tx, tenure)
		if err != nil {
			return audit.Detail{}, err
		}
		if h.Tenure.Version != version {
			return audit.Detail{}, fault.Outdated(h)
		}
		var f fault.Form
		checkSpan(&f, from, to)
		f.Check(p.From == "" || from >= p.From, "from", "fault.org.post_begins", "Date", p.From)
		f.Check(p.To == "" || to != "" && to <= p.To, "to", "fault.org.ended", "Unit", p.Title, "Date", p.To)
		others, err := TenuresOfPost(ctx, tx, p.ID)
		if err != nil {
			return audit.Detail{}, err
		}
		for _, o := range others {
			if o.Tenure.ID != tenure && overlaps(o.Tenure.From, o.Tenure.To, from, to) && (o.Tenure.From != o.Tenure.To || o.Tenure.To == "") {
				f.Add("from", "fault.org.held", "Person", o.Person.Name, "From", o.Tenure.From, "To", o.Tenure.To)
			}
		}
		if err := f.Err(); err != nil {
			return audit.Detail{}, err
		}
		_, err = tx.Exec(ctx, `UPDATE tenure SET from_date = $1, to_date = $2, version = version + 1 WHERE id = $3`, from, to, tenure)
		d := audit.Detail{Changes: changes("holder", "", h.Person.Name, "from", h.Tenure.From, from, "to", h.Tenure.To, to)}
		d.Also = []audit.Subject{{Kind: "person", ID: h.Person.ID}}
		return d, err
	})
}
