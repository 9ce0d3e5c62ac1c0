package allocation

import "log/slog"

// Queue logs each job that waits.
func Queue(logger *slog.Logger, jobs []int) {
	for place, job := range jobs {
		logger.Debug("queued", "place", place, "job", job)
	}
}
