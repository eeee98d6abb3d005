package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/office/table"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// newcomer is a matter as a row tells it, ready to be written; holders are who answered for it from when on.
type newcomer struct {
	matter  Matter
	stateOn string
	given   bool // the row names the state
	holders []Holder
	later   map[string]string // by link field: the number of another row of the file, which may not have come in yet
}

// row is one row while it is read; every mistake is noted at its column.
type importRow struct {
	*importer
	table.Row
	sound bool
}

// cell is what the row holds in a column, by the column's key, without the apostrophe that keeps an exported text from
// being run as a formula.
func (w *importRow) cell(key string) string {
	text := w.Get(key)
	if bare, ok := strings.CutPrefix(text, "'"); ok && table.Guard(bare) == text {
		return bare
	}
	return text
}

// wrong notes a mistake; args are name, value pairs.
func (w *importRow) wrong(key, code string, args ...any) {
	m := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	w.problems.Add(w.Problem(w.titles[key], code, m))
	w.sound = false
}

// take reads one row; nil where the matter stands already or anything is wrong with it.
func (x *importer) take(ctx context.Context, r store.Reader, row table.Row) (*newcomer, error) {
	w := &importRow{importer: x, Row: row, sound: true}
	today := x.Today(x.gate.Now())
	number := w.cell(ColNumber)
	if there, err := w.stands(ctx, r, number); err != nil || there || !w.sound {
		return nil, err
	}
	n := &newcomer{matter: Matter{Type: x.d.ID, TypeVersion: x.version, Number: number, Values: Values{}}, later: map[string]string{}}
	m := &n.matter
	m.Opened = w.day(ColOpened, "", today.String(), today.String(), BadOpened)
	if err := w.places(ctx, m); err != nil {
		return nil, err
	}
	w.state(n, today)
	if err := w.answer(ctx, n, today); err != nil {
		return nil, err
	}
	if err := w.fields(ctx, r, n, today); err != nil || !w.sound {
		return nil, err
	}
	if number == "" {
		if there, err := w.alike(ctx, r, *m); err != nil || there {
			return nil, err
		}
	}
	return n, nil
}

// maxNumber is how long a number may be that an office brings along.
const maxNumber = 40

// stands checks the row's number, and says whether the ledger has its matter already.
func (w *importRow) stands(ctx context.Context, r store.Reader, number string) (bool, error) {
	if number == "" {
		return false, nil
	}
	if utf8.RuneCountInString(number) > maxNumber || strings.ContainsFunc(number, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		w.wrong(ColNumber, BadNumber, "Max", maxNumber)
		return false, nil
	}
	if line := w.lines[number]; line != w.Line {
		w.wrong(ColNumber, DoubledNumber, "Number", number, "Other", line)
		return false, nil
	}
	found, err := store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.number = $1`, []any{number}, scanMatters)
	if err != nil || len(found) == 0 {
		return false, err
	}
	if found[0].Type != w.d.ID {
		w.wrong(ColNumber, OtherLedger, "Number", number)
		return false, nil
	}
	w.left(found[0])
	return true, nil
}

// left notes a row whose matter stands already. The words of a matter that the actor may not read are kept back.
func (w *importRow) left(m Matter) {
	w.report.There++
	i := Imported{Line: w.Line, Number: m.Number, There: true}
	if w.mayRead(w.actor, m) {
		i.Title, i.State, i.Unit = m.Title, m.State, m.Owner.ID
	}
	w.note(i)
}

// alike says whether a row without a number stands in the ledger already: same owner, same day, same words.
func (w *importRow) alike(ctx context.Context, r store.Reader, m Matter) (bool, error) {
	found, err := store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.unit_id = $1 AND m.type = $2 AND m.opened_on = $3
		AND m.title = $4 AND m.id <= $5 LIMIT 50`, []any{m.Owner.ID, m.Type, m.Opened, m.Title, w.last}, scanMatters)
	for _, old := range found {
		if old.Convenor.ID == m.Convenor.ID && old.Values[w.d.Title].Text == m.Values[w.d.Title].Text {
			w.left(old)
			return true, err
		}
	}
	return false, err
}

// day reads a date between two others ("" bounds nothing); the default stands where the cell is empty.
func (w *importRow) day(key, from, to, otherwise, code string) string {
	text := w.cell(key)
	if text == "" {
		return otherwise
	}
	d, err := table.ParseDate(text)
	switch day := d.String(); {
	case err != nil:
		w.wrong(key, "fault.ledger.date")
	case day < from || (to != "" && day > to):
		w.wrong(key, code, "Value", text, "From", from, "To", to)
	default:
		return day
	}
	return ""
}

// places finds the convenor and the owner.
func (w *importRow) places(ctx context.Context, m *Matter) error {
	m.Convenor = w.convenor.Place()
	if text := w.cell(ColConvenor); text != "" {
		u, reason, err := w.unit(ctx, w.convenor.Place(), "", text)
		switch {
		case err != nil:
			return err
		case reason != "":
			w.wrong(ColConvenor, reason, "Value", text)
		case !w.gate.Policy().Allows(w.actor, authz.LedgerRegister, u.Place()):
			w.wrong(ColConvenor, NotYours, "Value", text)
		default:
			m.Convenor = u.Place()
		}
	}
	if w.d.Requester {
		m.Requester, m.Asker = m.Convenor, w.actor.Account
	}
	if text := w.cell(ColAsker); text != "" {
		u, reason, err := w.unit(ctx, m.Convenor, "", text)
		if err != nil {
			return err
		}
		if m.Requester = u.Place(); reason != "" {
			w.wrong(ColAsker, reason, "Value", text)
		}
	}
	code, text := w.cell(ColUnitCode), w.cell(ColUnit)
	if code == "" && text == "" {
		return nil
	}
	u, reason, err := w.unit(ctx, m.Convenor, code, text)
	if reason != "" {
		key, value := ColUnit, text
		if code != "" {
			key, value = ColUnitCode, code
		}
		w.wrong(key, reason, "Value", value, "Name", u.Name)
		return err
	}
	m.Owner = u.Place()
	return err
}

// state reads where a matter stands that an office brings along, since when, and when it ended.
func (w *importRow) state(n *newcomer, today calendar.Date) {
	m := &n.matter
	m.State = w.d.Start
	if text := w.cell(ColState); text != "" {
		i := slices.IndexFunc(w.d.States, func(s State) bool {
			return s.ID == text || s.Name.In("zh") == text || strings.EqualFold(s.Name.In("en"), text)
		})
		if i < 0 {
			w.wrong(ColState, NoSuchState, "Value", text, "Zh", stateNames(w.d.States, "zh"), "En", stateNames(w.d.States, "en"))
			return
		}
		m.State, n.given = w.d.States[i].ID, true
	}
	st, _ := w.d.State(m.State)
	m.Class = st.Class
	if m.State != w.d.Start && m.Owner.ID == 0 && m.Class != Dropped && w.cell(ColUnit) == "" && w.cell(ColUnitCode) == "" {
		w.wrong(ColUnit, NoOwner)
	}
	if m.Class == TurnRequester && w.cell(ColAsker) == "" {
		w.wrong(ColAsker, NoRequester)
	}
	closed := w.day(ColClosed, m.Opened, today.String(), "", BadDay)
	switch {
	case Ended(m.Class) && w.cell(ColClosed) == "":
		w.wrong(ColClosed, NoClosed)
	case !Ended(m.Class) && closed != "":
		w.wrong(ColClosed, NotEnded)
	}
	m.Closed = closed
	since := today.String()
	switch {
	case closed != "":
		since = closed
	case !n.given:
		since = m.Opened
	}
	n.stateOn = w.day(ColStateOn, m.Opened, today.String(), since, BadDay)
}

func stateNames(states []State, lang string) string {
	var names []string
	for _, s := range states {
		names = append(names, s.Name.In(lang))
	}
	if lang == "zh" {
		return strings.Join(names, "、")
	}
	return strings.Join(names, ", ")
}

// answer finds who answered for the owner when the matter came up, and who does now or did when it ended.
func (w *importRow) answer(ctx context.Context, n *newcomer, today calendar.Date) error {
	m := &n.matter
	then := today.String()
	if m.Closed != "" {
		then = m.Closed
	}
	for _, date := range []string{m.Opened, then} {
		if m.Owner.ID == 0 || !w.sound {
			break
		}
		post, person, err := w.answers(ctx, m.Owner.ID, date)
		if err != nil {
			return err
		}
		if len(n.holders) == 0 || post != m.Post || person != m.Person {
			m.Post, m.Person = post, person
			n.holders = append(n.holders, Holder{Post: post, Person: person, From: date})
		}
	}
	if len(n.holders) == 0 {
		n.holders = []Holder{{From: m.Opened}}
	}
	return nil
}

// fields reads every field of the row and fills in what registering fills in by itself.
func (w *importRow) fields(ctx context.Context, r store.Reader, n *newcomer, today calendar.Date) error {
	m, since := &n.matter, calendar.Date{}
	opened := mustDate(m.Opened)
	cal, err := w.calendar(ctx, m.Place())
	if err != nil {
		return err
	}
	if !n.given {
		since = opened // what lay ahead then was right then
	}
	for _, c := range w.d.Exchange() {
		text := w.cell(c.Key)
		if c.Field.ID == "" || !c.Read || text == "" {
			continue
		}
		v, p, err := w.importValue(ctx, r, *m, c.Field, text, today.String())
		if err != nil {
			return err
		}
		if line := w.lines[text]; p.key == NotFound && c.Field.Kind == KindLink && line != 0 && line != w.Line {
			if l, known := w.d.LinkKind(c.Key); known && !l.Leads(w.d.ID) {
				w.wrong(c.Key, "fault.ledger.link_kind")
			}
			n.later[c.Key] = text
			continue
		}
		if p.key == "" {
			v, p = c.Field.canon(v, since)
		}
		if p.key != "" {
			w.wrong(c.Key, p.key, p.args...)
			continue
		}
		m.Values[c.Key] = v
	}
	for _, a := range w.d.Register {
		f, _ := w.d.Field(a.Field)
		if m.Values[f.ID].Empty() {
			m.Values[f.ID] = w.d.Prefill(*m, f, opened, cal)
		}
		if m.Values[f.ID].Empty() {
			delete(m.Values, f.ID)
			if a.Must && w.cell(f.ID) == "" {
				w.wrong(f.ID, "fault.ledger.needed")
			}
		}
	}
	w.d.compute(m.Values)
	w.held(m)
	w.wind(n, today)
	w.d.settle(m, cal)
	return nil
}

// held holds what the row asks for against the facts that are held. A matter that has ended is as it was then.
func (w *importRow) held(m *Matter) {
	if w.d.Held == nil || Ended(m.Class) {
		return
	}
	if len(w.types.HeldIn(w.d, m.Values)) == 0 && w.cell(w.d.Held.Choice) != "" {
		w.wrong(w.d.Held.Choice, NothingHeld)
	}
	if lacks := w.types.answer(w.d, m); lacks != "" {
		w.wrong(lacks, NoReason)
	}
}

// importValue turns the text of a cell into what the field holds.
func (w *importRow) importValue(ctx context.Context, r store.Reader, m Matter, f Field, text, today string) (v Value, p problem, err error) {
	var id int64
	switch f.Kind {
	case KindTable:
		return w.importTable(ctx, r, m, f, text, today)
	case KindDate:
		if d, err := table.ParseDate(text); err == nil {
			text = d.String()
		}
		return Value{Text: text}, p, nil
	case KindChoice:
		v, p = choiceCalled(f, text)
		return v, p, nil
	case KindUnit:
		var u org.Unit
		u, _, err = w.unit(ctx, m.Convenor, "", text)
		id = u.ID
	case KindPerson:
		id, err = w.person(ctx, m, text)
	case KindPost:
		id, err = w.post(ctx, m, text, today)
	case KindLink:
		var other Matter
		other, err = w.numbered(ctx, r, text)
		if l, known := w.d.LinkKind(f.ID); known && other.ID != 0 && !l.Leads(other.Type) {
			return v, wrong("link_kind"), err
		}
		id = other.ID
	default:
		return Value{Text: text}, p, nil
	}
	if v = reference(f, id, text); strings.HasPrefix(v.Text, "?") {
		p = problem{NotFound, []any{"Value", text}}
	}
	return v, p, err
}

// numbered finds the matter of a number that the actor may read; the zero Matter where there is none.
func (w *importRow) numbered(ctx context.Context, r store.Reader, text string) (Matter, error) {
	found, err := store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.number = $1`, []any{text}, scanMatters)
	if err != nil || len(found) == 0 || !w.mayRead(w.actor, found[0]) {
		return Matter{}, err
	}
	return found[0], nil
}

// choiceCalled finds a choice by its id or its name in either language.
func choiceCalled(f Field, text string) (Value, problem) {
	zh, en := make([]string, len(f.Choices)), make([]string, len(f.Choices))
	for i, c := range f.Choices {
		if zh[i], en[i] = c.Name.In("zh"), c.Name.In("en"); text == c.ID || text == zh[i] || strings.EqualFold(text, en[i]) {
			return Value{Text: c.ID}, problem{}
		}
	}
	return Value{Text: text}, problem{NoSuchChoice, []any{"Value", text, "Zh", strings.Join(zh, "、"), "En", strings.Join(en, ", ")}}
}

func (w *importRow) importTable(ctx context.Context, r store.Reader, m Matter, f Field, text, today string) (v Value, p problem, err error) {
	for i, cells := range textRows(text) {
		if len(cells) > len(f.Columns) {
			return v, wrong("table_wide", "Row", i+1, "Max", len(f.Columns)), nil
		}
		for k, cell := range cells {
			if cell == "" {
				continue
			}
			value, p, err := w.importValue(ctx, r, m, f.Columns[k], cell, today)
			if err != nil || p.key != "" {
				return v, p, err
			}
			cells[k] = value.Text
		}
		v.Rows = append(v.Rows, cells)
	}
	return v, p, nil
}

// wind winds the clocks of the state in which a matter is brought in: those that count from a step count from the day
// the state was entered. A clock that counts from a date needs the date.
func (w *importRow) wind(n *newcomer, today calendar.Date) {
	m, now, start := &n.matter, w.gate.Now().UnixMicro(), n.matter
	start.State = w.d.Start
	m.Marks = w.d.born(start, today, now)
	if !n.given || m.State == w.d.Start {
		return
	}
	since, at := mustDate(n.stateOn), int64(0)
	if since == today {
		at = now
	}
	m.Marks.mark(MarkEnter, since, at)
	w.d.moved(&m.Marks, m.State, since, at)
	for _, k := range w.d.Clocks {
		if !slices.Contains(k.States, m.State) {
			continue
		}
		if _, isStep := w.d.Step(k.From); isStep {
			m.Marks.mark(k.From, since, at)
		}
		id, isField := strings.CutPrefix(k.From, "field:")
		f, _ := w.d.Field(id)
		if isField && m.Values[id].Empty() && f.Kind == KindDate {
			st, _ := w.d.State(m.State)
			w.wrong(id, NoClock, "StateZh", st.Name.In("zh"), "StateEn", st.Name.In("en"), "Zh", f.Name.In("zh"), "En", f.Name.In("en"))
		}
	}
}
