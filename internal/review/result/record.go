package result

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"strconv"

	"plumbline/internal/org"
	"plumbline/internal/review/plan"
	"plumbline/internal/scoring"
)

// Record is a result with every figure that leads to it, as text. Its JSON is what a fixed result keeps.
type Record struct {
	Cycle       int64        `json:"cycle"`
	Year        int          `json:"year"`
	Plan        int64        `json:"plan"`
	PlanDigest  string       `json:"plan_digest"`
	Round       int          `json:"round"` // 0 where the plan has no ballot
	TallyDigest string       `json:"tally_digest"`
	Papers      []Paper      `json:"papers"`
	Units       []UnitRecord `json:"units"` // by rank
	Ties        []Tie        `json:"ties"`
	Quota       *Quota       `json:"quota"`
	Decimals    int          `json:"decimals"`
	SmallClass  int          `json:"small_class"`
}

// Num is a figure as it is printed, and as exact as it can be written (a decimal that does not end is cut with "…").
type Num struct {
	Text  string `json:"t"`
	Exact string `json:"x"`
}

// Rounded says whether the printed figure is not the exact one.
func (n Num) Rounded() bool {
	a, ok := new(big.Rat).SetString(n.Text)
	b, also := new(big.Rat).SetString(n.Exact)
	return !ok || !also || a.Cmp(b) != 0
}

// UnitRecord is the result of one unit.
type UnitRecord struct {
	Unit         int64         `json:"unit"`
	Code         string        `json:"code"`
	Name         string        `json:"name"`
	NameEn       string        `json:"name_en"`
	Classes      []ClassRecord `json:"classes"`
	Renormalised bool          `json:"renormalised"`
	Ballot       *Num          `json:"ballot"`
	Parts        []PartRecord  `json:"parts"`
	Composite    Num           `json:"composite"`
	Rank         int           `json:"rank"`
	Tied         []int64       `json:"tied"` // the others of the same rank
	Suggested    string        `json:"suggested"`
	BelowTop     bool          `json:"below_top"`
}

// In is the unit's name in the reader's language, as it was when the result was computed.
func (u UnitRecord) In(lang string) string { return org.Unit{Name: u.Name, NameEn: u.NameEn}.In(lang) }

// Why a class is not shown.
const (
	HiddenSmall = "small" // fewer ballots than the plan's bound
	HiddenRest  = "rest"  // it would give away the one hidden class
)

// ClassRecord is what one class said of one unit. Where Hidden is not "", a masked record has neither counts nor means.
type ClassRecord struct {
	ID           string       `json:"id"`
	Weight       string       `json:"weight"`
	Used         string       `json:"used"` // the weight it counted with
	Valid        int          `json:"valid"`
	Abstained    int          `json:"abstained"`
	Invalid      int          `json:"invalid"`
	Empty        bool         `json:"empty"`
	Mean         *Num         `json:"mean"`
	Contribution *Num         `json:"contribution"`
	Items        []ItemRecord `json:"items"`
	Hidden       string       `json:"hidden"`
}

// ItemRecord is what one class said of one unit on one item.
type ItemRecord struct {
	ID           string        `json:"id"`
	Weight       string        `json:"weight"`
	Valid        int           `json:"valid"`
	Abstained    int           `json:"abstained"`
	Invalid      int           `json:"invalid"`
	Counts       []CountRecord `json:"counts"`
	Kept         int           `json:"kept"`
	Sum          string        `json:"sum"`
	Low          []string      `json:"low"`
	High         []string      `json:"high"`
	Mean         *Num          `json:"mean"`
	Contribution *Num          `json:"contribution"`
}

// CountRecord is how often a value was given. Grade is "" for a number.
type CountRecord struct {
	Grade  string `json:"grade"`
	Points string `json:"points"`
	N      int    `json:"n"`
}

// PartRecord is one part of the composite and where its score comes from.
type PartRecord struct {
	ID           string        `json:"id"`
	Weight       string        `json:"weight"`
	Score        Num           `json:"score"`
	Contribution Num           `json:"contribution"`
	Sheet        *SheetRecord  `json:"sheet"`
	Figure       *FigureRecord `json:"figure"`
}

// SheetRecord is a check-sheet worked out. Lines that did not apply are left out.
type SheetRecord struct {
	Start    string       `json:"start"`
	Floor    string       `json:"floor"`
	Ceiling  string       `json:"ceiling"`
	Lines    []LineRecord `json:"lines"`
	Deducted string       `json:"deducted"`
	Added    string       `json:"added"`
	Before   string       `json:"before"`
	Score    string       `json:"score"`
	AtFloor  bool         `json:"at_floor"`
	AtCeil   bool         `json:"at_ceiling"`
	LockedBy string       `json:"locked_by"`
}

// LineRecord is a line of a check-sheet that applied.
type LineRecord struct {
	ID     string `json:"id"`
	Points string `json:"points"`
	Times  int    `json:"times"`
	Bonus  bool   `json:"bonus"`
	Amount string `json:"amount"`
	Note   string `json:"note"`
}

// FigureRecord is where a figure comes from.
type FigureRecord struct {
	Source string `json:"source"`
	Note   string `json:"note"`
	Name   string `json:"name"`
}

// Tie is a group of units of the same rank, with the plan's criteria side by side. It is shown, never broken.
type Tie struct {
	Rank      int     `json:"rank"`
	Composite string  `json:"composite"`
	Units     []int64 `json:"units"`
	Looks     []Look  `json:"looks"`
}

// Look is one criterion of a tie. Values stand in the order of the tie's units, "" where there is none. Ahead are the
// units that the criterion favours: none where it does not tell them apart. Hidden says that it can't be shown without
// giving away a small class.
type Look struct {
	Kind   plan.TieKind `json:"kind"`
	Ref    string       `json:"ref"`
	Values []string     `json:"values"`
	Ahead  []int64      `json:"ahead"`
	Hidden bool         `json:"hidden"`
}

// Quota is the plan's quota beside what is suggested.
type Quota struct {
	Share     string `json:"share"`
	Units     int    `json:"units"`
	Required  int    `json:"required"` // below the top grade, at least
	Suggested int    `json:"suggested"`
	Met       bool   `json:"met"`
}

// Text is the JSON of a record and its digest.
func (r Record) Text() (text, digest string, err error) {
	b, err := json.Marshal(r)
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256(b)
	return string(b), hex.EncodeToString(sum[:]), nil
}

// Of gives the record of a unit.
func (r Record) Of(unit int64) (UnitRecord, bool) {
	for _, u := range r.Units {
		if u.Unit == unit {
			return u, true
		}
	}
	return UnitRecord{}, false
}

// longestExact is how many decimals an exact figure is written with before it is cut.
const longestExact = 12

func numOf(f scoring.Figure) Num {
	n := Num{Text: f.Text, Exact: f.Text}
	if decimals, ends := f.Exact.FloatPrec(); ends && decimals <= longestExact {
		n.Exact = f.Exact.FloatString(decimals)
	} else {
		n.Exact = cut(f.Exact)
	}
	return n
}

// cut writes a number with longestExact decimals and "…", without rounding up.
func cut(x *big.Rat) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(longestExact), nil)
	whole := new(big.Int).Mul(x.Num(), scale)
	whole.Quo(whole, x.Denom())
	return new(big.Rat).SetFrac(whole, scale).FloatString(longestExact) + "…"
}

func numPtr(f *scoring.Figure) *Num {
	if f == nil {
		return nil
	}
	n := numOf(*f)
	return &n
}

// recordOf turns the arithmetic's result into a record; in says what each unit and part is.
func recordOf(in inputs, res scoring.Result) Record {
	body := in.Plan.Body
	r := Record{Cycle: in.Cycle.ID, Year: in.Cycle.Year, Plan: in.Plan.ID, PlanDigest: plan.Digest(in.Plan.Text), Round: in.Sealed.Round,
		TallyDigest: in.Sealed.Digest, Papers: in.Sealed.Papers, Units: []UnitRecord{}, Ties: []Tie{}, Decimals: body.Decimals, SmallClass: body.SmallClass}
	for _, u := range res.Units {
		r.Units = append(r.Units, unitRecord(in, u))
	}
	for _, t := range res.Ties {
		r.Ties = append(r.Ties, tieRecord(body, res, t))
	}
	if q := res.Quota; q != nil {
		r.Quota = &Quota{q.Share.Text, q.Units, q.BelowTopRequired, q.BelowTopSuggested, q.Met}
	}
	return r
}

func unitRecord(in inputs, u scoring.UnitResult) UnitRecord {
	id := unitID(u.Unit)
	unit := in.Units[id]
	out := UnitRecord{Unit: id, Code: unit.Code, Name: unit.Name, NameEn: unit.NameEn, Renormalised: u.Renormalised, Ballot: numPtr(u.Ballot),
		Composite: numOf(u.Composite), Rank: u.Rank, Tied: []int64{}, Suggested: u.Suggested, BelowTop: u.BelowTop}
	for _, other := range u.TiedWith() {
		out.Tied = append(out.Tied, unitID(other))
	}
	hidden := hide(u.Classes, in.Plan.Body.SmallClass)
	for i, c := range u.Classes {
		out.Classes = append(out.Classes, classRecord(c, hidden[i]))
	}
	for _, p := range u.Parts {
		part := PartRecord{ID: p.ID, Weight: p.Weight.Text, Score: numOf(p.Score), Contribution: numOf(p.Contribution)}
		at := Cell{id, p.ID}
		if sheet, ok := in.Sheets[at]; ok {
			def, _ := in.Plan.Body.Part(p.ID)
			part.Sheet = sheetRecord(def, sheet)
		} else if f, ok := in.Figures[at]; ok {
			part.Figure = &FigureRecord{f.Source, f.Note, f.Name}
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func classRecord(c scoring.ClassResult, hidden string) ClassRecord {
	out := ClassRecord{ID: c.ID, Weight: c.Weight.Text, Used: c.Used.Text, Valid: c.Valid, Abstained: c.Abstained, Invalid: c.Invalid,
		Empty: c.Empty, Mean: numPtr(c.Mean), Contribution: numPtr(c.Contribution), Hidden: hidden}
	for _, i := range c.Items {
		item := ItemRecord{ID: i.ID, Weight: i.Weight.Text, Valid: i.Valid, Abstained: i.Abstained, Invalid: i.Invalid, Kept: i.Kept,
			Sum: i.Sum.Text, Mean: numPtr(i.Mean), Contribution: numPtr(i.Contribution), Low: texts(i.Low), High: texts(i.High)}
		for _, n := range i.Counts {
			item.Counts = append(item.Counts, CountRecord{n.Grade, n.Points.Text, n.N})
		}
		out.Items = append(out.Items, item)
	}
	return out
}

func texts(list []scoring.Figure) []string {
	out := []string{}
	for _, f := range list {
		out = append(out, f.Text)
	}
	return out
}

// sheetRecord works a sheet out; the plan of a sheet that was saved has been checked, so that the error can't be one of
// the person's.
func sheetRecord(part plan.Part, sheet Sheet) *SheetRecord {
	w, err := WorkOut(part, sheet.Entries)
	if err != nil {
		return nil
	}
	w.LockedBy = sheet.LockedBy
	return w
}

// WorkOut adds a check-sheet up: what the page shows while it is filled in, and what counts once it is locked.
func WorkOut(part plan.Part, entries map[string]Entry) (*SheetRecord, error) {
	if part.Sheet == nil {
		return nil, nil
	}
	times := map[string]int{}
	for id, e := range entries {
		times[id] = e.Times
	}
	res, err := part.Sheet.CheckSheet(times).Score()
	if err != nil {
		return nil, err
	}
	w := &SheetRecord{Start: res.Start.Text, Floor: part.Sheet.Floor, Ceiling: part.Sheet.Ceiling, Lines: []LineRecord{}, Deducted: res.Deducted.Text,
		Added: res.Added.Text, Before: res.Before.Text, Score: res.Score.Text, AtFloor: res.HeldAtFloor, AtCeil: res.HeldAtCeil}
	off, on := 0, 0
	for _, l := range part.Sheet.Lines {
		if times[l.ID] == 0 {
			continue
		}
		line := LineRecord{ID: l.ID, Points: l.Points, Times: times[l.ID], Bonus: l.Bonus, Note: entries[l.ID].Note}
		if l.Bonus {
			line.Amount = res.Bonuses[on].Text
			on++
		} else {
			line.Amount = res.Deductions[off].Text
			off++
		}
		w.Lines = append(w.Lines, line)
	}
	return w, nil
}

func unitID(text string) int64 {
	id, _ := strconv.ParseInt(text, 10, 64) // written by unitText
	return id
}

func unitText(id int64) string { return strconv.FormatInt(id, 10) }
