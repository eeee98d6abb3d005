package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/board"
	"plumbline/internal/calendar"
	"plumbline/internal/org"
)

// boardDays is how often the demo's year looks whether the boards are to be counted and settled; the program itself
// does so every day.
const boardDays = 14

// boards schedules a year of boards: what is counted is counted as the year goes by, what is brought in comes a few
// days after each month and quarter.
func (b *builder) boards() error {
	for d := -322.0; d <= 0; d += boardDays {
		b.schedule(b.moment(d).Add(6*time.Hour).UnixMicro(), b.keepBoards)
	}
	today, err := calendar.ParseDate(b.today)
	if err != nil {
		return err
	}
	for _, every := range []string{board.Month, board.Quarter} {
		for _, p := range board.PeriodAt(every, today).Back(11) {
			at := p.Last().AddDays(5).Start(b.Zone).Add(10 * time.Hour)
			b.schedule(at.UnixMicro(), func() error { return b.fill(p) })
		}
	}
	return nil
}

func (b *builder) keepBoards() error {
	_, err := b.Rooms.Boards.Keep(b.ctx, func(int64, int64) {})
	return err
}

// fill types in what the counties came to in a period, for every indicator that is brought in: invented figures that
// mean nothing. Now and then a county has sent none.
func (b *builder) fill(p board.Period) error {
	found, err := b.Rooms.Boards.Indicators(b.ctx, authz.System())
	if err != nil {
		return err
	}
	counties, err := b.counties()
	if err != nil {
		return err
	}
	for n, x := range found {
		if x.Counted || x.Ended || x.Every != p.Every() {
			continue
		}
		target, _ := strconv.ParseFloat(x.Target, 64)
		year, number := p.Numbers()
		random := rand.New(rand.NewPCG(uint64(n+1), uint64(year*12+number)))
		var entries []board.Entry
		for i, u := range counties {
			if random.IntN(14) == 0 {
				continue
			}
			v := target * (0.84 + 0.02*float64(i%7) + 0.08*random.Float64())
			if x.Measure == "%" {
				v = min(v, 100)
			}
			entries = append(entries, board.Entry{Unit: u, Value: fmt.Sprintf("%.1f", v)})
		}
		if _, err := b.Rooms.Boards.Put(b.ctx, b.as("office"), x.ID, p, entries, ""); err != nil {
			return fmt.Errorf("%s in %s: %w", x.Name, p, err)
		}
	}
	return nil
}

// counties are the units right below the city, by code.
func (b *builder) counties() ([]org.Unit, error) {
	return org.Children(b.ctx, b.DB, b.units["WC"].ID, b.today)
}
