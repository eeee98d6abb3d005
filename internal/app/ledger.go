package app

import (
	"context"
	"strconv"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/ledger"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/report"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// ledgers makes the ledgers' room. Evidence is of the kinds that reports take.
func (a *App) ledgers() (*ledger.Service, error) {
	types, err := ledger.LoadTypes(a.Pack.Files, a.Pack.AuthzRoles())
	if err != nil {
		return nil, err
	}
	if err := types.Refresh(context.Background(), a.DB); err != nil {
		return nil, err
	}
	files := ledger.Files{Blobs: a.DB.Blobs, Kind: report.Sniff, Name: report.CleanName}
	lists := ledger.New(a.Gate, a.DB, files, types, a.Calendar, a.Pack.PostKinds)
	lists.Dates = matterDates
	return lists, nil
}

// matterWords makes the words by which matters are found, once, where the database is older than they are.
func (a *App) matterWords(ctx context.Context) error {
	missing, err := ledger.WordsMissing(ctx, a.DB)
	if err != nil || !missing {
		return err
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error { return ledger.WordsTx(ctx, tx) })
}

// matterFigures makes the figures of months from the histories, once, where the database is older than they are.
func (a *App) matterFigures(ctx context.Context) error {
	missing, err := ledger.FiguresMissing(ctx, a.DB)
	if err != nil || !missing {
		return err
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error { return a.Rooms.Ledgers.FiguresTx(ctx, tx) })
}

// matterDates are the dates of a cycle that rule its findings: when they have to be claimed, planned, done, and looked back at.
func matterDates(ctx context.Context, r store.Reader, id int64) (map[string]string, error) {
	steps := map[string]string{plan.StepClaim: "claim", plan.StepMatterPlan: "plan", plan.StepFirstReport: "due", plan.StepLookBack: ledger.EffectLookBack}
	out := map[string]string{}
	deadlines, err := cycle.Deadlines(ctx, r, id)
	for _, d := range deadlines {
		if to := steps[d.Step]; to != "" {
			out[to] = d.Due
		}
	}
	return out, err
}

// DatesSetTx implements cycle.Redated.
func (m matters) DatesSetTx(ctx context.Context, tx *store.Tx, c cycle.Cycle) error {
	return m.Service.DatesSetTx(ctx, tx, c.ID)
}

// matters is what the rooms of the review ask of the ledgers.
type matters struct {
	*ledger.Service
	app *App
}

func (m matters) today() calendar.Date { return m.Today(m.app.Now()) }

// Unowned implements cycle.Findings.
func (m matters) Unowned(ctx context.Context, r store.Reader, id int64) ([]cycle.Unowned, error) {
	found, err := m.UnownedInCycle(ctx, r, id)
	out := make([]cycle.Unowned, len(found))
	for i, x := range found {
		out[i] = cycle.Unowned{ID: x.ID, Unit: x.Owner.ID, Title: x.Title, NoOwner: x.Owner.ID == 0, NoDate: x.Target == ""}
	}
	return out, err
}

// CarryOverTx implements cycle.CarryOver.
func (m matters) CarryOverTx(ctx context.Context, tx *store.Tx, actor authz.Actor, from, to cycle.Cycle) ([]audit.Subject, error) {
	ids, err := m.CarryOver(ctx, tx, actor, from.ID, to.ID)
	return mattersAs(ids), err
}

// mattersAs names matters to the log.
func mattersAs(ids []int64) (out []audit.Subject) {
	for _, id := range ids {
		out = append(out, audit.Subject{Kind: "matter", ID: id})
	}
	return out
}

// Progress implements cycle.Progress: how each reporter's findings of the cycle stand.
func (m matters) Progress(ctx context.Context, r store.Reader, c cycle.Cycle, units []int64) (map[int64]cycle.Cells, error) {
	stand, err := m.StandOf(ctx, r, c.ID, "finding", units, m.today())
	out := map[int64]cycle.Cells{}
	for unit, x := range stand {
		cell := cycle.Cell{Lamp: cycle.LampOnTime, Key: "ledger.cell", Args: []any{"Done", x.Done, "Total", x.Total - x.Dropped, "Late", x.Late},
			Href: "/matters?cycle=" + strconv.FormatInt(c.ID, 10) + "&under=" + strconv.FormatInt(unit, 10)}
		switch {
		case x.Late > 0:
			cell.Lamp, cell.Key = cycle.LampLate, "ledger.cell_late"
		case x.Open() == 0:
			cell.Lamp = cycle.LampDone
		case x.Soon > 0:
			cell.Lamp = cycle.LampSoon
		case x.OnTime == 0:
			cell.Lamp = cycle.LampWait
		}
		out[unit] = cycle.Cells{cycle.ColFindings: cell}
	}
	return out, err
}

// Tasks implements cycle.Tasks: what keeps the cycle from being closed.
func (m matters) Tasks(ctx context.Context, r store.Reader, c cycle.Cycle) ([]cycle.Task, error) {
	found, err := m.UnownedInCycle(ctx, r, c.ID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return []cycle.Task{{Lamp: cycle.LampSoon, Key: "ledger.task_unowned", Count: len(found),
		Href: "/matters?unplanned=1&class=open&cycle=" + strconv.FormatInt(c.ID, 10)}}, nil
}

// Items implements report.Past: what was found and promised before this cycle.
func (m matters) Items(ctx context.Context, r store.Reader, unit, id int64) ([]report.PastItem, error) {
	items, err := m.before(ctx, r, unit, id)
	if err != nil {
		return nil, err
	}
	all := make([]ledger.Matter, len(items))
	for i, it := range items {
		all[i] = it.Matter
	}
	evidence, err := ledger.Evidence(ctx, r, all)
	out := make([]report.PastItem, len(items))
	for i, it := range items {
		x := it.Matter
		out[i] = report.PastItem{Key: "m" + strconv.FormatInt(x.ID, 10), Kind: it.Use, Text: it.Text, Source: wording.Text{"zh": x.Number, "en": x.Number},
			State: it.State.Name, Lamp: Lamps[x.Lamp(m.app.Now(), m.Calendar())], Due: x.Due, Evidence: evidence[x.ID],
			Href: "/matters/" + strconv.FormatInt(x.ID, 10), Said: it.Result}
		if it.Result == "" {
			out[i].Said = it.Note
		}
	}
	return out, err
}

// before lists what a unit has to answer in its report of a cycle: nothing that this very cycle found.
func (m matters) before(ctx context.Context, r store.Reader, unit, id int64) ([]ledger.Item, error) {
	c, err := cycle.ByID(ctx, r, id)
	if err != nil {
		return nil, err
	}
	items, err := m.OpenItems(ctx, r, unit, c.Previous, "")
	out := items[:0]
	for _, it := range items {
		if it.Matter.Origin.Cycle != id {
			out = append(out, it)
		}
	}
	return out, err
}

// Lamps are the ledger's lamps in the shapes of the house.
var Lamps = map[string]string{ledger.LampOnTime: cycle.LampOnTime, ledger.LampSoon: cycle.LampSoon, ledger.LampLate: cycle.LampLate,
	ledger.LampWaiting: cycle.LampWait, ledger.LampDone: cycle.LampDone, ledger.LampNoDate: cycle.LampNone}

// Of implements report.Numbers: what the ledger has counted, so that nobody types it.
func (m matters) Of(ctx context.Context, r store.Reader, unit, id int64, date string) ([]report.Number, error) {
	items, err := m.before(ctx, r, unit, id)
	if err != nil {
		return nil, err
	}
	n := map[string]int{}
	for _, it := range items {
		n[it.Use+"_total"]++
		switch {
		case it.Matter.Class == ledger.Done:
			n[it.Use+"_done"]++
			if it.Matter.Target == "" || it.Matter.Closed <= it.Matter.Target {
				n[it.Use+"_on_time"]++
			}
		case it.Matter.Class == ledger.NotDone:
			n[it.Use+"_not_done"]++
		default:
			n[it.Use+"_open"]++
		}
		if it.Matter.Reopened > 0 {
			n[it.Use+"_reopened"]++
		}
	}
	var out []report.Number
	for _, key := range []string{"finding_total", "finding_done", "finding_on_time", "finding_open", "finding_not_done", "finding_reopened", "promise_total", "promise_done", "promise_open"} {
		label := wording.Text{}
		for _, lang := range wording.Languages {
			label[lang] = m.app.Words.T(lang, "ledger.number."+key)
		}
		out = append(out, report.Number{Key: key, Label: label, Value: strconv.Itoa(n[key]), Date: date})
	}
	return out, nil
}

// promises implements report.Register: the promises of an accepted report become matters.
type promises struct{ *ledger.Service }

func (p promises) RegisterTx(ctx context.Context, tx *store.Tx, actor authz.Actor, of report.Head, list []report.Promise) ([]audit.Subject, error) {
	d := p.Types().For("promise")
	if d == nil {
		return nil, nil
	}
	var out []audit.Subject
	for _, x := range list {
		text := x.Target
		if x.Measure != "" && text != "" {
			text += "\n"
		}
		in := ledger.Draft{Type: d.ID, Convenor: of.Convenor.ID, Unit: of.Unit.ID, Fields: map[string]string{d.Title: clip(text+x.Measure, d)},
			Origin: ledger.Origin{Cycle: of.Cycle, Report: of.Reporter}, Repeat: ledger.NoRepeat}
		if x.Date != "" && d.Target != "" {
			in.Fields[d.Target] = x.Date
		}
		id, err := p.Service.RegisterTx(ctx, tx, actor, in)
		if err != nil {
			return nil, err
		}
		out = append(out, audit.Subject{Kind: "matter", ID: id})
	}
	return out, nil
}

// clip keeps a promise within what the ledger takes; the report holds the whole of it.
func clip(text string, d *ledger.Definition) string {
	f, _ := d.Field(d.Title)
	if r := []rune(text); f.Max > 0 && len(r) > f.Max {
		return string(r[:f.Max-1]) + "…"
	}
	return text
}

// AnswerTx implements report.Answered: what the accepted report says to last year's promises is their answer in the
// ledger, given by whoever reported. Whether a promise was kept is then for the convenor to say.
func (p promises) AnswerTx(ctx context.Context, tx *store.Tx, _ authz.Actor, of report.Head, answers []report.Answer) ([]audit.Subject, error) {
	reporter := authz.System()
	reporter.Name, reporter.Person = of.SubmittedBy, of.Person.ID
	var out []audit.Subject
	for _, a := range answers {
		digits, ours := strings.CutPrefix(a.Item.Key, "m")
		id, err := strconv.ParseInt(digits, 10, 64)
		if !ours || err != nil || a.Item.Kind != "promise" || strings.TrimSpace(a.Text) == "" {
			continue
		}
		done, err := p.Service.AnswerTx(ctx, tx, reporter, id, of.Unit.ID, a.Text)
		if err != nil {
			return nil, err
		}
		if done {
			out = append(out, audit.Subject{Kind: "matter", ID: id})
		}
	}
	return out, nil
}
