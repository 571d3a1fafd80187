// Loaded into a process before its program: a clock that is an hour ahead of everybody else's. JavaScript, so
// that a build is run as it is, and needs nobody to translate.

const RealDate = Date;
const ahead = 3_600_000;

globalThis.Date = class DateAhead extends RealDate {
  constructor(...args) {
    super(args.length === 0 ? DateAhead.now() : args[0]);
  }

  static now() {
    return RealDate.now() + ahead;
  }
};
