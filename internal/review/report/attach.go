package report

import (
	"context"
	"io"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Upload is a file as it was sent.
type Upload struct {
	Name string
	Size int64
	File interface {
		io.Reader
		io.ReaderAt
	}
}

// Attach keeps a file with the report: PDF, DOCX, XLSX, PNG or JPEG by its content, at most 20 MB. The file's name is
// kept; the same content is kept once.
func (s *Service) Attach(ctx context.Context, actor authz.Actor, reporter int64, up Upload) (File, error) {
	h, err := findHead(ctx, s.db, reporter)
	if err != nil {
		return File{}, err
	}
	if !s.may(actor, authz.ReportWrite, h) {
		return File{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := canWrite(h); err != nil {
		return File{}, err
	}
	f, err := s.takeFile(up)
	if err != nil {
		return f, err
	}
	err = s.changeFiles(ctx, actor, reporter, func(tx *store.Tx) (d audit.Detail, err error) {
		have, err := listFiles(ctx, tx, reporter)
		if err != nil {
			return d, err
		}
		if len(have) >= MaxFiles {
			return d, formFault("file", "fault.report.too_many_files", "Limit", MaxFiles)
		}
		f.By, f.At = actor.Name, tx.Now
		f.ID, err = tx.Insert(ctx, `INSERT INTO report_file (reporter_id, hash, size, kind, name, added_by, added_at, removed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0) RETURNING id`, reporter, f.Hash, f.Size, f.Kind, f.Name, f.By, f.At)
		d.Changes = []audit.Change{{Field: "file", To: f.Name}}
		d.Note = map[string]string{"hash": f.Hash}
		return d, err
	})
	return f, err
}

func (s *Service) takeFile(up Upload) (f File, err error) {
	switch {
	case up.File == nil || up.Size == 0:
		return f, formFault("file", "fault.report.file_empty")
	case up.Size > MaxFile:
		return f, &fault.Error{Kind: fault.TooLarge, Key: "fault.report.file_large", Args: []any{"Limit", MaxFile >> 20},
			Fields: []fault.Field{{Name: "file", Key: "fault.report.file_large", Args: []any{"Limit", MaxFile >> 20}}}}
	}
	if f.Kind = Sniff(up.File, up.Size); f.Kind == "" {
		return f, formFault("file", "fault.report.file_kind")
	}
	f.Name = CleanName(up.Name, f.Kind)
	f.Hash, f.Size, err = s.files.Put(io.NewSectionReader(up.File, 0, up.Size), MaxFile)
	return f, err
}

// Detach takes a file off the working report; Reattach undoes it. Versions handed in keep it.
func (s *Service) Detach(ctx context.Context, actor authz.Actor, reporter, file int64) error {
	return s.toggleFile(ctx, actor, reporter, file, true)
}

// Reattach puts a file back that was taken off.
func (s *Service) Reattach(ctx context.Context, actor authz.Actor, reporter, file int64) error {
	return s.toggleFile(ctx, actor, reporter, file, false)
}

func (s *Service) toggleFile(ctx context.Context, actor authz.Actor, reporter, file int64, remove bool) error {
	return s.changeFiles(ctx, actor, reporter, func(tx *store.Tx) (d audit.Detail, err error) {
		f, err := findFile(ctx, tx, reporter, file)
		if err != nil || (f.Removed != 0) == remove {
			return d, err
		}
		at := int64(0)
		d.Changes = []audit.Change{{Field: "file", To: f.Name}}
		if remove {
			at, d.Changes = tx.Now, []audit.Change{{Field: "file", From: f.Name}}
		}
		_, err = tx.Exec(ctx, `UPDATE report_file SET removed_at = $2 WHERE id = $1`, file, at)
		return d, err
	})
}

func (s *Service) changeFiles(ctx context.Context, actor authz.Actor, reporter int64, verb func(tx *store.Tx) (audit.Detail, error)) error {
	h, err := findHead(ctx, s.db, reporter)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.ReportWrite, subject(h), func(tx *store.Tx) (audit.Detail, error) {
		h, err := findHead(ctx, tx, reporter)
		if err == nil {
			err = canWrite(h)
		}
		if err != nil {
			return audit.Detail{}, err
		}
		d, err := verb(tx)
		if err != nil {
			return d, err
		}
		return d, touch(ctx, tx, reporter)
	})
}

// File opens an attachment. The scope must cover the unit; whoever does not write for the unit gets only the files of
// versions handed in. The caller closes it.
func (s *Service) File(ctx context.Context, actor authz.Actor, scope authz.Scope, reporter, file int64) (File, io.ReadSeekCloser, error) {
	h, err := scopedHead(ctx, s.db, scope, reporter)
	if err != nil {
		return File{}, nil, err
	}
	f, err := findFile(ctx, s.db, reporter, file)
	if err != nil {
		return f, nil, err
	}
	if !s.may(actor, authz.ReportWrite, h) {
		if err := s.handedIn(ctx, h, file); err != nil {
			return f, nil, err
		}
	}
	body, err := s.files.Open(f.Hash)
	return f, body, err
}

func (s *Service) handedIn(ctx context.Context, h Head, file int64) error {
	for n := h.Number; n > 0; n-- {
		_, c, err := versionBody(ctx, s.db, h.Reporter, 0, n)
		if err != nil {
			return err
		}
		for _, f := range c.Files {
			if f.ID == file {
				return nil
			}
		}
	}
	return fault.Missing()
}
