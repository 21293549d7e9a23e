"""What was measured: for each side of a work the values of all rounds."""

import json
import statistics


class Results:
    def __init__(self):
        self.machine = {}
        self.values = {}  # (work, side, size, metric): {round: value}

    def add(self, run, round_number, metrics):
        for metric, value in metrics.items():
            self.values.setdefault(run.key(metric), {})[round_number] = value

    def median(self, key):
        rounds = self.values.get(key)
        return statistics.median(rounds.values()) if rounds else None

    def value(self, target):
        """Of a ratio: the median of the ratios of each round, since the machine is another one in another round."""
        if target.theirs is None:
            return self.median(target.ours)
        ours, theirs = self.values.get(target.ours), self.values.get(target.theirs)
        ratios = [ours[at] / theirs[at] for at in ours or {} if at in (theirs or {}) and theirs[at]]
        return statistics.median(ratios) if ratios else None

    def save(self, path):
        lines = [{"work": work, "side": side, "size": size, "metric": metric, "rounds": rounds}
                 for (work, side, size, metric), rounds in sorted(self.values.items())]
        path.write_text(json.dumps({"machine": self.machine, "values": lines}, indent=1) + "\n")

    @staticmethod
    def load(path):
        text = json.loads(path.read_text())
        result = Results()
        result.machine = text["machine"]
        for line in text["values"]:
            key = (line["work"], line["side"], line["size"], line["metric"])
            result.values[key] = {int(at): value for at, value in line["rounds"].items()}
        return result
