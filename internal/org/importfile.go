package org

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/office/table"
	"plumbline/internal/pack"
	"plumbline/internal/wording"
)

// Import is a file to be taken in. Under is the place whose right is used and outside of which nothing may change.
type Import struct {
	Name  string // the file's name as people know it
	File  io.ReaderAt
	Size  int64
	Gzip  bool // accept a gzipped CSV file; only for files from the command line
	Under authz.Unit
	// Date is from when renames and moves hold; "" is today. Correct takes them as corrections instead: what stood there
	// was never so.
	Date    string
	Correct bool
	DryRun  bool
	// Progress, if set, is told how much is done of the whole, in thousandths.
	Progress func(done int64)
}

// The codes of what can be wrong with a row, beside those of package table; they are wording keys.
const (
	BadCode       = "org.bad_code"
	BadName       = "org.bad_name"
	BadKind       = "org.bad_kind"
	BadDate       = "org.bad_date"
	BadSpan       = "org.bad_span"
	DoubledCode   = "org.doubled_code"
	NoParent      = "org.no_parent"
	Cycle         = "org.cycle"
	TooDeep       = "org.too_deep"
	Outside       = "org.outside"
	ChangedSince  = "org.changed_since"
	Ended         = "org.ended"
	OpenChildren  = "org.open_children"
	OpenMatters   = "org.open_matters" // the unit has, or rules on, matters that are open
	Convenes      = "org.convenes"     // the unit convenes a cycle that runs
	NoUnit        = "org.no_unit"
	OtherName     = "org.other_name"
	Held          = "org.held"
	NoPostKind    = "org.no_post_kind"
	NoUnitForPost = "org.no_unit_for_post"
	BeforePost    = "org.before_post"
)

// ImportCodes lists every code of this room, so that catalogues can be checked against it.
var ImportCodes = []string{BadCode, BadName, BadKind, BadDate, BadSpan, DoubledCode, NoParent, Cycle, TooDeep, Outside,
	ChangedSince, Ended, OpenChildren, OpenMatters, Convenes, NoUnit, OtherName, Held, NoPostKind, NoUnitForPost, BeforePost}

// Changed is one thing that an import changes: What is "created", "renamed", "moved", "dated", "post" (made at the unit
// Code) or "appointed" (Code is the person's, From the unit's).
type Changed struct {
	Line     int    `json:"line"`
	What     string `json:"what"`
	Code     string `json:"code"`
	From, To string
}

// KeptChanges is how many changes a report names one by one; all of them are counted.
const KeptChanges = 200

// Changed is how many changes an import makes, or would make.
func (r Report) Changed() int64 {
	return r.Created + r.Renamed + r.Moved + r.Dated + r.Tenures + r.Posts
}

// Report says what an import did, or would do. Where there are problems nothing was changed.
type Report struct {
	File      string          `json:"file"`
	Digest    string          `json:"digest"` // SHA-256 of the file
	Rows      int64           `json:"rows"`
	Created   int64           `json:"created"`
	Renamed   int64           `json:"renamed"`
	Moved     int64           `json:"moved"`
	Dated     int64           `json:"dated"` // other beginnings or ends
	Unchanged int64           `json:"unchanged"`
	Posts     int64           `json:"posts"`   // of people: posts made
	Tenures   int64           `json:"tenures"` // of people: times in a post entered
	Changes   []Changed       `json:"changes"`
	Ignored   []string        `json:"ignored"` // titles of columns that are not read
	Problems  []table.Problem `json:"problems"`
	Wrong     int             `json:"wrong"` // how many problems there are; at most table.KeptProblems are listed
	DryRun    bool            `json:"dry_run"`
}

// errWrong ends a transaction whose import has problems; errDry one that was only tried.
var (
	errWrong = errors.New("org: the file has problems")
	errDry   = errors.New("org: a dry run")
)

func (r *Report) note(c Changed) {
	if len(r.Changes) < KeptChanges {
		r.Changes = append(r.Changes, c)
	}
}

func (r *Report) close(p *table.Problems) {
	r.Problems, r.Wrong = p.List(), p.Total()
}

// openTable opens the file under the room's column names and hashes it. Problems of the file as a whole are added; the
// reader is nil then.
func openTable(in Import, report *Report, problems *table.Problems, columns map[string][]string, required ...string) (*table.Reader, error) {
	report.File, report.DryRun = in.Name, in.DryRun
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(in.File, 0, in.Size)); err != nil {
		return nil, err
	}
	report.Digest = hex.EncodeToString(sum.Sum(nil))
	t, err := table.Open(in.Name, in.File, in.Size, table.Options{Gzip: in.Gzip})
	var bad *table.Problem
	if errors.As(err, &bad) {
		problems.Add(*bad)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if missing := t.Map(columns, required...); len(missing) > 0 {
		problems.Add(missing...)
		return nil, t.Close()
	}
	report.Ignored = t.Unmapped()
	return t, nil
}

// spans reads the two dates of a row.
func spans(row table.Row, problems *table.Problems) (from, to string, ok bool) {
	ok = true
	read := func(column string) string {
		text := row.Get(column)
		if text == "" {
			return ""
		}
		d, err := table.ParseDate(text)
		if err != nil {
			problems.Add(row.Problem(column, BadDate, map[string]string{"value": text}))
			ok = false
		}
		return d.String()
	}
	from, to = read("from"), read("to")
	if ok && to != "" && from >= to {
		problems.Add(row.Problem("to", BadSpan, map[string]string{"from": from, "to": to}))
		ok = false
	}
	return from, to, ok
}

// kindIndex finds kinds by id or by their name in any language.
func kindIndex(kinds []pack.Kind) map[string]int {
	out := map[string]int{}
	for i, k := range kinds {
		for _, name := range k.Name {
			if _, taken := out[strings.ToLower(name)]; !taken {
				out[strings.ToLower(name)] = i
			}
		}
	}
	for i, k := range kinds {
		out[strings.ToLower(k.ID)] = i
	}
	return out
}

// kindArgs are the arguments of a problem with a kind: what stands in the cell, and the kinds that there are, each by
// its code with its name, in every language ("known_zh", "known_en").
func kindArgs(word string, kinds []pack.Kind) map[string]string {
	args := map[string]string{"value": short(word)}
	for _, lang := range wording.Languages {
		var known []string
		for _, k := range kinds {
			known = append(known, k.ID+" "+k.Name.In(lang))
		}
		args["known_"+lang] = strings.Join(known, ", ")
	}
	return args
}

// effective is the date of an import's changes.
func effective(in Import, today string) (string, error) {
	if in.Date == "" {
		return today, nil
	}
	var f fault.Form
	checkDate(&f, "date", in.Date, today)
	return in.Date, f.Err()
}

func (in Import) progress(done int64) {
	if in.Progress != nil {
		in.Progress(done)
	}
}

func text(n int64) string { return strconv.FormatInt(n, 10) }
