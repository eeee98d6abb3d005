package board

import (
	"context"
	"slices"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
)

// Ask says which board is wanted: the period, the unit whose children are compared, and their kind. Zero values mean
// the last period that is over and has values, the unit that set the indicator, and the kind of the first of its children.
type Ask struct {
	Period Period
	Parent int64
	Kind   string
}

// peers finds the units that are compared. The parent lies at or below the unit that set the indicator.
func (s *Service) peers(ctx context.Context, convenor authz.Unit, a Ask) (p Peers, err error) {
	if a.Parent == 0 {
		a.Parent = convenor.ID
	}
	if p.Parent, err = org.UnitByID(ctx, s.db, a.Parent); err != nil {
		return p, err
	}
	if !inside(p.Parent.Place(), convenor) {
		return p, fault.Missing()
	}
	children, err := org.Children(ctx, s.db, p.Parent.ID, min(a.Period.Last().String(), s.today().String()))
	if err != nil {
		return p, err
	}
	if p.Kind = a.Kind; p.Kind == "" && len(children) > 0 {
		p.Kind = children[0].Kind
	}
	for _, u := range children {
		if u.Kind == p.Kind {
			p.Units = append(p.Units, u)
		}
	}
	return p, nil
}

// Kinds lists the kinds of units that are compared below a unit, in the order in which they first come.
func (s *Service) Kinds(ctx context.Context, parent int64) (kinds []string, err error) {
	children, err := org.Children(ctx, s.db, parent, s.today().String())
	for _, u := range children {
		if !slices.Contains(kinds, u.Kind) {
			kinds = append(kinds, u.Kind)
		}
	}
	return kinds, err
}

// period is the one that was asked for, or the last one over that has values, or the last with values at all, or the
// one that ended last.
func (s *Service) period(ctx context.Context, asked Period, every string, indicators []int64) (Period, error) {
	if asked != (Period{}) {
		if asked.Every() != every {
			return Period{}, fault.Missing()
		}
		return asked, nil
	}
	over := PeriodAt(every, s.today()).Before()
	for _, until := range []string{over.String(), PeriodAt(every, s.today()).String()} {
		text, err := latest(ctx, s.db, indicators, until)
		if p, ok := ParsePeriod(text); ok || err != nil {
			return p, err
		}
	}
	return over, nil
}

// Board gives the board of an indicator that the actor may see.
func (s *Service) Board(ctx context.Context, actor authz.Actor, indicator int64, a Ask) (Board, error) {
	x, err := s.Find(ctx, actor, indicator)
	if err != nil {
		return Board{}, err
	}
	if a.Period, err = s.period(ctx, a.Period, x.Every, []int64{x.ID}); err != nil {
		return Board{}, err
	}
	peers, err := s.peers(ctx, x.Convenor, a)
	if err != nil {
		return Board{}, err
	}
	boards, err := s.boards(ctx, []Indicator{x}, a.Period, peers)
	if err != nil {
		return Board{}, err
	}
	return boards[0], nil
}

// boards makes the boards of indicators over the same peers in one period.
func (s *Service) boards(ctx context.Context, indicators []Indicator, period Period, peers Peers) ([]Board, error) {
	ids := make([]int64, len(indicators))
	for i, x := range indicators {
		ids[i] = x.ID
	}
	values, err := valuesIn(ctx, s.db, ids, []Period{period.Before(), period})
	if err != nil {
		return nil, err
	}
	done, err := settled(ctx, s.db, period)
	if err != nil {
		return nil, err
	}
	out := make([]Board, len(indicators))
	for i, x := range indicators {
		out[i] = Board{Indicator: x, Period: period, Peers: peers, Settled: done[x.ID], Rows: rowsOf(x, period, peers, values)}
	}
	return out, nil
}

func rowsOf(x Indicator, period Period, peers Peers, values map[cell]Value) []Row {
	rows := make([]Row, len(peers.Units))
	now, before := make([]string, len(rows)), make([]string, len(rows))
	for i, u := range peers.Units {
		v := values[cell{x.ID, u.ID, period.String()}]
		rows[i] = Row{Unit: u, Value: v, Lamp: x.LampOf(v.Value)}
		now[i], before[i] = v.Value, values[cell{x.ID, u.ID, period.Before().String()}].Value
	}
	ranks, was := rank(now, x.Down), rank(before, x.Down)
	for i := range rows {
		rows[i].Rank, rows[i].Was = ranks[i], was[i]
	}
	byRank(rows, func(r Row) int { return r.Rank })
	return rows
}

// Group are the indicators that stand side by side: those that one unit set for one kind of period.
type Group struct {
	Convenor   org.Unit
	Every      string
	Indicators []Indicator
}

// Groups lists the groups of what the actor may see, higher units and shorter periods first.
func (s *Service) Groups(ctx context.Context, actor authz.Actor) ([]Group, error) {
	found, err := s.Indicators(ctx, actor)
	if err != nil {
		return nil, err
	}
	ids := []int64{}
	for _, x := range found {
		ids = append(ids, x.Convenor.ID)
	}
	units, err := org.UnitsByID(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	var out []Group
	for _, x := range found {
		at := slices.IndexFunc(out, func(g Group) bool { return g.Convenor.ID == x.Convenor.ID && g.Every == x.Every })
		if at < 0 {
			at, out = len(out), append(out, Group{Convenor: units[x.Convenor.ID], Every: x.Every})
		}
		out[at].Indicators = append(out[at].Indicators, x)
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		if d := len(a.Convenor.Ancestors()) - len(b.Convenor.Ancestors()); d != 0 {
			return d
		}
		return slices.Index(Every, a.Every) - slices.Index(Every, b.Every)
	})
	return out, nil
}

// Overview puts a group's boards side by side.
func (s *Service) Overview(ctx context.Context, g Group, a Ask) (o Overview, err error) {
	ids := make([]int64, len(g.Indicators))
	for i, x := range g.Indicators {
		ids[i] = x.ID
	}
	if a.Period, err = s.period(ctx, a.Period, g.Every, ids); err != nil {
		return o, err
	}
	o.Period = a.Period
	if o.Peers, err = s.peers(ctx, g.Convenor.Place(), a); err != nil {
		return o, err
	}
	if o.Boards, err = s.boards(ctx, g.Indicators, o.Period, o.Peers); err != nil {
		return o, err
	}
	o.Combined = combine(o.Boards, o.Peers)
	if o.Combined == nil {
		return o, nil
	}
	past, err := s.boards(ctx, g.Indicators, o.Period.Before(), o.Peers)
	if err != nil {
		return o, err
	}
	was := combine(past, o.Peers)
	for i := range o.Combined {
		o.Combined[i].Was = was[i].Rank
	}
	byRank(o.Combined, func(s Standing) int { return s.Rank })
	return o, nil
}

// Course is what each unit of a board came to in the periods that end with the board's, "" where there is no figure.
func (s *Service) Course(ctx context.Context, b Board, periods int) (at []Period, values map[int64][]string, err error) {
	at = b.Period.Back(periods)
	stands, err := valuesIn(ctx, s.db, []int64{b.Indicator.ID}, at)
	values = map[int64][]string{}
	for _, u := range b.Peers.Units {
		for _, p := range at {
			values[u.ID] = append(values[u.ID], stands[cell{b.Indicator.ID, u.ID, p.String()}].Value)
		}
	}
	return at, values, err
}

// Versions gives every version of a unit's values of an indicator that the actor may see, the latest first.
func (s *Service) Versions(ctx context.Context, actor authz.Actor, indicator, unit int64) (Indicator, []Value, error) {
	x, err := s.Find(ctx, actor, indicator)
	if err != nil {
		return x, nil, err
	}
	u, err := org.UnitByID(ctx, s.db, unit)
	if err != nil || !inside(u.Place(), x.Convenor) {
		return x, nil, fault.Missing()
	}
	list, err := versionsOf(ctx, s.db, x.ID, unit)
	return x, list, err
}
