//! Professions (TRE_G15, TRE_R94, TRE_R95, TRE_R291), categories (TRE_R09) and civilities (TRE_R81, TRE_R11), as data.
//!
//! Source: ANS, Terminologies de santé, JDV_J106 of 2026-03-30, JDV_J48 of 2024-12-13 for codes that older files still
//! hold, TRE_R09 of 2026-02-23, JDV_J12 and JDV_J79 of 2020-04-24. Sorted by code, for the look-up in `mod.rs`.

use super::Table;

/// Health professions, users of a title, social professions, and 99; no code is in two of the four tables.
pub(super) const PROFESSIONS: Table = &[
    ("10", "Médecin"),
    ("21", "Pharmacien"),
    ("26", "Audioprothésiste"),
    ("28", "Opticien-Lunetier"),
    ("31", "Assistant dentaire"),
    ("32", "Physicien médical"),
    ("40", "Chirurgien-Dentiste"),
    ("41", "Assistant de service social"),
    ("42", "Auxiliaire de vie sociale"),
    ("43", "Technicien de l'intervention sociale et familiale"),
    ("44", "Conseiller en économie sociale et familiale"),
    ("45", "Médiateur familial"),
    ("46", "Assistant familial"),
    ("47", "Aide médico-psychologique"),
    ("48", "Moniteur éducateur"),
    ("49", "Educateur de jeunes enfants"),
    ("50", "Sage-Femme"),
    ("51", "Educateur spécialisé"),
    ("52", "Educateur technique spécialisé"),
    ("53", "Accompagnant éducatif et social"),
    ("60", "Infirmier"),
    ("69", "Infirmier psychiatrique"),
    ("70", "Masseur-Kinésithérapeute"),
    ("71", "Ostéopathe"),
    ("72", "Psychothérapeute"),
    ("73", "Chiropracteur"),
    ("80", "Pédicure-Podologue"),
    ("81", "Orthoprothésiste"),
    ("82", "Podo-Orthésiste"),
    ("83", "Orthopédiste-Orthésiste"),
    ("84", "Oculariste"),
    ("85", "Epithésiste"),
    ("86", "Technicien de laboratoire médical"),
    ("91", "Orthophoniste"),
    ("92", "Orthoptiste"),
    ("93", "Psychologue"),
    ("94", "Ergothérapeute"),
    ("95", "Diététicien"),
    ("96", "Psychomotricien"),
    ("97", "Conseiller en génétique"),
    ("98", "Manipulateur ERM"),
    ("99", "Acteur participant au système de santé caractérisé par rôle"),
];

/// TRE_R09-CategorieProfessionnelle; `F` ended on 2026-02-23.
pub(super) const CATEGORIES: Table = &[
    ("C", "Civil"),
    ("E", "Etudiant"),
    ("F", "Fonctionnaire d'Etat ou de collectivité locale"),
    ("M", "Agent public"),
];

/// TRE_R81-Civilite and TRE_R11-CiviliteExercice.
pub(super) const CIVILITIES: Table = &[
    ("DR", "Docteur"),
    ("M", "Monsieur"),
    ("MC", "Médecin chef"),
    ("MG", "Médecin général"),
    ("MME", "Madame"),
    ("PC", "Pharmacien chef"),
    ("PG", "Pharmacien général"),
    ("PR", "Professeur"),
];
