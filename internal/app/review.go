package app

import (
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/web"
)

// planAndCycle makes the first two rooms of the review wing. ports are what the cycle asks of rooms that it may not
// know: app's adapters.
func (a *App) planAndCycle(rooms *web.Rooms, ports cycle.Ports) error {
	start, err := plan.FromPack(a.Pack.Files)
	if err != nil {
		return err
	}
	var reporting []string
	for _, k := range a.Pack.PostKinds {
		if k.Reports {
			reporting = append(reporting, k.ID)
		}
	}
	rooms.Plans = plan.New(a.Gate, a.DB, start)
	rooms.Cycles = cycle.New(a.Gate, a.DB, a.Calendar, reporting, ports)
	return nil
}
