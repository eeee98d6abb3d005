package ledger

import (
	"context"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// MaxFile is the size limit of one piece of evidence, in bytes; MaxPieces how many a form may bring.
const (
	MaxFile   = 20 << 20
	MaxPieces = 10
)

// Files is how evidence is kept: where, and how a file's kind is told by its content alone ("" is refused) and its name
// made fit to be shown. The kinds are those that the reports take, so that people learn one list.
type Files struct {
	Blobs *store.Blobs
	Kind  func(r io.ReaderAt, size int64) string
	Name  func(name, kind string) string
}

// Piece is a piece of evidence on its way into a step: a stored file, or a link. On is the date of the evidence.
type Piece struct {
	Name string
	Hash string
	Size int64
	Type string
	Link string
	On   string
}

// Upload is a file as a form sends it.
type Upload interface {
	io.ReaderAt
	io.ReadSeeker
}

// Keep stores a file of evidence, before the step that brings it. A kind that is not taken, an empty file and one over
// MaxFile are faults at the field "file".
func (s *Service) Keep(name string, file Upload, size int64) (Piece, error) {
	var form fault.Form
	if size > MaxFile {
		return Piece{}, fault.New(fault.TooLarge, "fault.too_large", "Limit", int64(MaxFile))
	}
	kind := s.files.Kind(file, size)
	form.Check(kind != "", "file", "fault.ledger.file_kind")
	if err := form.Err(); err != nil {
		return Piece{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Piece{}, err
	}
	hash, n, err := s.files.Blobs.Put(file, MaxFile)
	return Piece{Name: s.files.Name(name, kind), Hash: hash, Size: n, Type: kind}, err
}

// LinkTo makes evidence of a link; anything but http and https is refused at the field "link".
func LinkTo(link string) (Piece, error) {
	link = strings.TrimSpace(link)
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || utf8.RuneCountInString(link) > 500 {
		var form fault.Form
		form.Add("link", "fault.ledger.link")
		return Piece{}, form.Err()
	}
	return Piece{Name: u.Host, Link: link}, nil
}

func (p Piece) file(m Matter, e Event) File {
	on := p.On
	if on == "" {
		on = e.On
	}
	return File{Matter: m.ID, Event: e.ID, Name: p.Name, Hash: p.Hash, Size: p.Size, Type: p.Type, Link: p.Link, On: on, Who: e.Who}
}

// checkPieces looks at the dates and the number of what a form brings.
func checkPieces(pieces []Piece, today calendar.Date) error {
	var form fault.Form
	form.Check(len(pieces) <= MaxPieces, "file", "fault.ledger.too_many_files", "Max", MaxPieces)
	for _, p := range pieces {
		day, err := calendar.ParseDate(p.On)
		form.Check(p.On == "" || (err == nil && !day.After(today)), "file_on", "fault.ledger.evidence_date")
	}
	return form.Err()
}

// Attach adds evidence to an open matter without a step. Whoever does so took part in doing it. The right is that of
// the owner.
func (s *Service) Attach(ctx context.Context, actor authz.Actor, id int64, pieces []Piece) error {
	m, err := s.Find(ctx, actor, id)
	if err != nil {
		return err
	}
	if len(pieces) == 0 {
		var form fault.Form
		form.Add("file", "fault.ledger.evidence_needed")
		return form.Err()
	}
	return s.gate.Do(ctx, actor, authz.LedgerOwn, gate.Subject{Kind: "matter", ID: id, Unit: m.Owner}, func(tx *store.Tx) (audit.Detail, error) {
		was, err := matterByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		if Ended(was.Class) {
			return audit.Detail{}, fault.Bad("fault.ledger.step_not_now")
		}
		today := s.todayIn(tx)
		if err := checkPieces(pieces, today); err != nil {
			return audit.Detail{}, err
		}
		m := was
		e := Event{Matter: id, Step: StepEvidence, From: was.State, To: was.State, Who: who(actor), Name: actor.Name, On: today.String()}
		for _, p := range pieces {
			e.Changes = append(e.Changes, Change{Field: "file", To: p.Name})
		}
		return logged(was, m, e), s.record(ctx, tx, was, &m, &e, true, pieces)
	})
}

// OpenFile reads a stored piece of evidence for somebody who may read its matter.
func (s *Service) OpenFile(ctx context.Context, actor authz.Actor, matter, file int64) (File, io.ReadSeekCloser, error) {
	if _, err := s.Find(ctx, actor, matter); err != nil {
		return File{}, nil, err
	}
	files, err := filesOf(ctx, s.db, matter)
	if err != nil {
		return File{}, nil, err
	}
	for _, f := range files {
		if f.ID == file && f.Hash != "" {
			body, err := s.files.Blobs.Open(f.Hash)
			return f, body, err
		}
	}
	return File{}, nil, fault.Missing()
}
