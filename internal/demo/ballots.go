package demo

import (
	"strings"

	"plumbline/internal/ballot"
	"plumbline/internal/review/cycle"
)

// piles is how many slips of each class come back.
var piles = map[string]int{"A": 11, "B": 14, "C": 18}

// countBallots counts the paper of a meeting. Both tellers key every slip; each misreads one line. Where sealed is
// false the second teller has not finished, and the differences still wait.
func (b *builder) countBallots(c cycle.Cycle, sealed bool) error {
	office := b.as("office")
	if err := b.Rooms.Ballots.OpenRound(b.ctx, office, c.ID, ""); err != nil {
		return err
	}
	v, err := b.Rooms.Ballots.Look(b.ctx, office, c.ID)
	if err != nil {
		return err
	}
	var papers []ballot.Paper
	for _, class := range v.Form.Classes {
		papers = append(papers, ballot.Paper{Class: class, Entitled: piles[class] + len(papers), Issued: piles[class] + len(papers), Returned: piles[class]})
	}
	if err := b.Rooms.Ballots.SetPaper(b.ctx, office, c.ID, v.Round.Version, papers); err != nil {
		return err
	}
	for seat, teller := range []string{"teller-1", "teller-2"} {
		if err := b.keyPile(c, v.Form, seat, teller, sealed); err != nil {
			return err
		}
	}
	if !sealed {
		return nil
	}
	return b.settleAndSeal(c)
}

func (b *builder) keyPile(c cycle.Cycle, f ballot.Form, seat int, teller string, whole bool) error {
	for _, class := range f.Classes {
		for slip := 1; slip <= piles[class]; slip++ {
			if !whole && seat == 1 && class == "C" && slip > piles[class]-4 {
				return nil
			}
			row := []byte(slipText(f, c.Year, class, slip))
			if class == "B" && slip == 3+seat {
				row[2+seat] = '2' + byte(seat)
			}
			values, err := f.ReadRow(string(row))
			if err != nil {
				return err
			}
			if err := b.Rooms.Ballots.Key(b.ctx, b.as(teller), c.ID, class, slip, values); err != nil {
				return err
			}
		}
		b.tick(9)
	}
	return nil
}

// slipText makes up what stands on a slip: mostly good marks, different for every unit, now and then an abstention.
func slipText(f ballot.Form, year int, class string, slip int) string {
	var out strings.Builder
	for i := range f.Units {
		n := (slip*31 + i*17 + int(class[0])*7 + year*13) % 100
		weak := (i*37+year*5)%9 == 0
		switch {
		case n < 2:
			out.WriteByte('0')
		case n < 3:
			out.WriteByte('x')
		case weak && n < 55, n > 88-3*(i%5):
			out.WriteByte('2')
		case weak && n < 68:
			out.WriteByte('3')
		default:
			out.WriteByte('1')
		}
	}
	return out.String()
}

func (b *builder) settleAndSeal(c cycle.Cycle) error {
	office := b.as("office")
	v, err := b.Rooms.Ballots.Look(b.ctx, office, c.ID)
	if err != nil {
		return err
	}
	for _, d := range v.Differences {
		b.tick(1)
		if err := b.Rooms.Ballots.Settle(b.ctx, office, c.ID, d.Class, d.Slip, d.Unit, d.Item, d.First); err != nil {
			return err
		}
	}
	return b.Rooms.Ballots.Seal(b.ctx, office, c.ID, v.Round.Version, "")
}
