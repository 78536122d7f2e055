//! `login ecps`: the person answers on their phone or card; the two digits and the countdown go to stderr.

use super::Login;
use crate::output::Output;
use clap::Args;
use sas_psc::base::Clock;
use sas_psc::drive::SystemClock;
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, LoginHint, SignedIn};
use sas_psc::{Error, Lang};

/// Arguments of `login ecps`.
#[derive(Args)]
pub struct Ecps {
    #[command(flatten)]
    pub(super) login: Login,
    /// Who is asked: an RPPS number or a national identifier
    #[arg(long, value_name = "N", value_parser = IdNat::typed)]
    id_nat: IdNat,
    /// What they answer with: mobile or card
    #[arg(long, default_value = "mobile")]
    channel: Channel,
    /// Name the person by their RPPS number in the request, and not by the national identifier
    #[arg(long)]
    hint_by_rpps: bool,
}

impl Ecps {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<SignedIn, Error> {
        let mut client = self.login.client("")?;
        if self.hint_by_rpps {
            client = client.with_login_hint(LoginHint::Rpps);
        }
        let psc = self.login.connect(client)?;
        let give_up_at = SystemClock.now() + self.login.timeout();
        let mut poll = psc.ciba(&self.id_nat, self.channel)?;
        out.note(match out.lang {
            Lang::Fr => format!("Sur l'application e-CPS, sélectionnez le code {}.", poll.digits()),
            Lang::En => format!("On the e-CPS app, pick the code {}.", poll.digits()),
        });
        let signed_in = psc.wait_ciba(&mut poll, |poll, event| {
            let left = event.seconds_left;
            if !event.help.is_empty() {
                out.countdown_over();
                event.help.iter().for_each(|step| out.explain(format_args!("  - {}", step.text(out.lang))));
            }
            out.countdown(
                left,
                match out.lang {
                    Lang::Fr => format!("Il vous reste {left} secondes pour valider votre demande d'authentification."),
                    Lang::En => format!("You have {left} seconds left to answer."),
                },
            );
            if SystemClock.now() >= give_up_at {
                poll.cancel();
            }
        });
        out.countdown_over();
        signed_in
    }
}
