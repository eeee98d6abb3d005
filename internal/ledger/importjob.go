package ledger

import (
	"context"
	"encoding/json"
	"io"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/job"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// ImportJob is the kind of job that takes in a file of matters.
const ImportJob = "ledger.import"

// Order is an import that is done later: the payload of its job. The file is a stored one.
type Order struct {
	Type     string   `json:"type"`
	Blob     string   `json:"blob"` // SHA-256 of the stored file
	Name     string   `json:"name"`
	Convenor int64    `json:"convenor"`
	Columns  []string `json:"columns"` // as in Import
	DryRun   bool     `json:"dry_run"`
	// Tried is the dry run that this order carries out; 0 for a dry run.
	Tried int64 `json:"tried,omitempty"`
}

// OrderImport enqueues an import and gives its job. It takes the right to register at the convenor.
func (s *Service) OrderImport(ctx context.Context, actor authz.Actor, o Order) (id int64, err error) {
	if s.types.Current(o.Type) == nil {
		return 0, fault.Bad("fault.ledger.no_type", "Type", o.Type)
	}
	convenor, err := org.UnitByID(ctx, s.db, o.Convenor)
	if err != nil {
		return 0, err
	}
	payload, err := json.Marshal(o)
	if err != nil {
		return 0, err
	}
	dry := "no"
	if o.DryRun {
		dry = "yes"
	}
	err = s.gate.Do(ctx, actor, authz.LedgerRegister, gate.Subject{Kind: "job", Unit: convenor.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		id, err = job.Enqueue(ctx, tx, ImportJob, string(payload), actor.Account)
		return audit.Detail{ID: id, Note: map[string]string{"what": o.Type, "file": o.Name, "file_sha256": o.Blob, "dry_run": dry}}, err
	})
	return id, err
}

// CarriedOut gives the job by which an account carried out what one of its trials had shown, 0 where it has not yet. One
// that failed as a whole does not count: it may be asked for again.
func CarriedOut(ctx context.Context, r store.Reader, account, trial int64) (int64, error) {
	later, err := job.After(ctx, r, ImportJob, account, trial)
	for _, j := range later {
		var o Order
		if err := json.Unmarshal([]byte(j.Payload), &o); err != nil {
			return 0, err
		}
		if o.Tried == trial && j.State != job.Failed {
			return j.ID, nil
		}
	}
	return 0, err
}

// ImportWorker does the jobs. open reads a stored file; actors finds who an account is, so that the import has the rights
// that the account has when it runs. A job that was done already when the program died finds every matter there: doing
// it again is safe.
func (s *Service) ImportWorker(open func(hash string) (io.ReadSeekCloser, error), actors func(ctx context.Context, account int64) (authz.Actor, error)) job.Worker {
	return func(ctx context.Context, j job.Job, progress job.Progress) (string, error) {
		var o Order
		if err := json.Unmarshal([]byte(j.Payload), &o); err != nil {
			return "", err
		}
		actor, err := actors(ctx, j.Account)
		if err != nil {
			return "", err
		}
		f, err := open(o.Blob)
		if err != nil {
			return "", err
		}
		defer f.Close()
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return "", err
		}
		report, err := s.ImportMatters(ctx, actor, Import{Type: o.Type, Name: o.Name, File: table.At{File: f}, Size: size, Convenor: o.Convenor,
			Columns: o.Columns, DryRun: o.DryRun, Progress: func(done int64) { progress(done, 1000) }})
		if err != nil {
			return "", err
		}
		result, err := json.Marshal(report)
		return string(result), err
	}
}
