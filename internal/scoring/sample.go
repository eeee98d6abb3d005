package scoring

import "strconv"

// Sample makes up marks and part scores for the preview of a plan: the same
// ones every time, mostly good, all different enough to show ranks, bands and
// trims at work. They mean nothing. ballots is the number of ballots per class;
// every unit gets a mark from each on every item.
func Sample(p Plan, units []string, ballots int) ([]Mark, []PartScore) {
	var marks []Mark
	var parts []PartScore
	draw := uint32(1)
	next := func(n int) int {
		draw = draw*1664525 + 1013904223
		return int(draw>>16) % n
	}
	value := func(rank int) string {
		if len(p.Grades) == 0 {
			return strconv.Itoa(96 - 3*(rank%8) - next(12))
		}
		// Two draws, the lower one: the first grades come up most often.
		return p.Grades[min(next(len(p.Grades)), next(len(p.Grades)))].ID
	}
	for rank, unit := range units {
		for _, class := range p.Classes {
			for b := range ballots {
				for _, item := range p.Items {
					marks = append(marks, Mark{
						Ballot: strconv.Itoa(b + 1), Class: class.ID, Unit: unit, Item: item.ID, Value: value(rank),
					})
				}
			}
		}
		for _, part := range p.Parts {
			if part.ID != BallotPart {
				parts = append(parts, PartScore{Unit: unit, Part: part.ID, Score: strconv.Itoa(95 - 2*(rank%10) - next(8))})
			}
		}
	}
	return marks, parts
}
